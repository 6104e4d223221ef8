"""Tables as they appear on screen."""
