"""What billing does: fees charged, invoices issued and issued again, periods closed."""
