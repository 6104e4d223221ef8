"""Orders about debts that are collected, and about promises to pay."""
