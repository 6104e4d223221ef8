"""What the command line can be asked for."""
