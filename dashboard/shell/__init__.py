"""What surrounds every page: the menu, and the finder."""
