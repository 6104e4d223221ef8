"""Commands about invoices and bookings."""
