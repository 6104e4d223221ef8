"""What requesting, writing and downloading an export file have in common."""
