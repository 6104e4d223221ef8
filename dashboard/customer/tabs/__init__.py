"""The tabs of a customer's page, one module each: what each reads and how it is drawn."""
