"""What may be done. A command is a frozen value, applied in one transaction, audited and replayable."""
