"""The pages People and roles, and Your sessions."""
