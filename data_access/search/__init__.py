"""Search as values: fields, filters and conditions, and the SQL of each."""
