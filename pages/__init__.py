"""Pages: scripts that open, query, show and act; nothing imports from here."""
