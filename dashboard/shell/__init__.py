"""What stands around every page: the menu, and the finder."""
