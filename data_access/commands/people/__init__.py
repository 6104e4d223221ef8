"""Orders about people, their sessions, and webhooks."""
