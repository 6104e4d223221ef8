"""The dialogs of a customer's page, a module each."""
