"""The commands. A command is a frozen value, applied in one transaction, audited and replayable."""
