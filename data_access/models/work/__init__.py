"""What people keep of their own work."""
