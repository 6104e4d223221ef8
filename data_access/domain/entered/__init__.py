"""Input outside the standard forms: custom fields, and rows that people paste."""
