"""Questions about one customer: its head, its address, its accounts, notes, limits and messages."""
