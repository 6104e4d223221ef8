"""What the orders about a bulk action share."""
