"""Queries about subscriptions, numbers, plans and quotas."""
