"""What is stored of an import that the worker runs: a journal of its batches, and the result files."""
