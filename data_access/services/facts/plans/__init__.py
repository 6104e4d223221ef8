"""What the plans of a customer come to: volume discounts counted, service wallets filled."""
