"""What the database keeps by itself, by triggers, so that it can be asked quickly."""
