"""Questions about subscriptions, numbers, plans and quotas."""
