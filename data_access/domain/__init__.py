"""Rules and calculations about customers, without sessions or statements."""
