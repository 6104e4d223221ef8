"""Search as values: fields, filters and conditions, and how each is asked in SQL."""
