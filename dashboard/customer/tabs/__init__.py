"""The tabs of a customer's page, a module each: what it asks for and how it is drawn."""
