"""Files with the usage of existing customers."""
