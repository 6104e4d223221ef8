"""Orders about invoices and bookings."""
