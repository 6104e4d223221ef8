"""Forms that lose nothing, and what dialogs keep and read."""
