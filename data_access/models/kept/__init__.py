"""Tables that triggers maintain, so that reads are fast."""
