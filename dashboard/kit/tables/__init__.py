"""Tables as one reads them."""
