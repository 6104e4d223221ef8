"""The look: colours, icons and words for every meaning."""
