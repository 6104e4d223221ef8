"""What happens automatically: the jobs and the worker that runs them."""
