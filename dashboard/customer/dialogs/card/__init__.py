"""The dialogs of customer settings that are stored in separate tables."""
