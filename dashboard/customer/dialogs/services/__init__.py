"""The dialogs of what a customer pays for again and again."""
