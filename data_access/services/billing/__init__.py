"""Billing: fees charged, invoices issued and reissued, periods closed."""
