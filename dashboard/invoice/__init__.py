"""The pages Invoice, with its paper, and Next invoice."""
