"""Appearance: colours, icons and words for every meaning."""
