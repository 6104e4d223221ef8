"""What is kept of an import that the worker carries on: a journal of its batches, and the files of its result."""
