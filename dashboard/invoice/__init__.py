"""The pages Invoice, with its PDF, and Next invoice."""
