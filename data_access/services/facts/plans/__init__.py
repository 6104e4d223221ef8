"""What a customer's plans amount to: volume discounts counted, service wallets filled."""
