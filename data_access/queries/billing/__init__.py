"""Questions about invoices, bookings and payments."""
