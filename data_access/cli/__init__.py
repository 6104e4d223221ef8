"""The command line: its door, and every verb that it can be asked for."""
