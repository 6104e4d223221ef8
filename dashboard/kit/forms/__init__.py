"""Forms that lose no input, and what dialogs store and read."""
