"""Pages: scripts that open, ask, show and act; nothing imports from here."""
