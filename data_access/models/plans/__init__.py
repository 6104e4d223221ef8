"""What is sold by plan beside subscriptions: volume discounts, and top-ups of service wallets."""
