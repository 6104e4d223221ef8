"""How a customer's usage is priced and measured."""
