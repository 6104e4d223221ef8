"""Fields: what a field of a record is, declared once on its column, and what follows from that alone."""
