"""What users store for their own work."""
