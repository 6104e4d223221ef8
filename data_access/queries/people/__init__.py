"""Questions about people and their sessions."""
