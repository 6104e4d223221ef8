"""The dialogs about a customer's services and recurring charges."""
