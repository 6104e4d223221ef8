"""Questions to the audit: what was done, which fields changed, and whether it still holds."""
