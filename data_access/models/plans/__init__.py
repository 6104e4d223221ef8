"""What is sold by plan beside subscriptions: volume discounts."""
