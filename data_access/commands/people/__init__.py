"""Commands about people, their sessions, and webhooks."""
