"""Commands about subscriptions, numbers, plans, quotas and usage."""
