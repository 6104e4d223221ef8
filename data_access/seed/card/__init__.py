"""What of the card of a demo customer few have."""
