"""The dialogs that move a customer's money."""
