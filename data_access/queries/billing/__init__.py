"""Queries about invoices, bookings and payments."""
