"""The tables of customer classes: what many customers have in common."""
