"""What the commands about bulk actions and imports share."""
