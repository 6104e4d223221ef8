"""What a process runs with: databases, logs, metrics."""
