"""Files about the usage of customers that are here already."""
