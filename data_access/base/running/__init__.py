"""What a process is run with: its databases, its logs, its figures."""
