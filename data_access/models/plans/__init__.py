"""Plans other than subscriptions: volume discounts, and top-ups of service wallets."""
