"""Lists of customers: filters, conditions, order, pager, export."""
