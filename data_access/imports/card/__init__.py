"""Imports of customer settings and rows: read, checked like the form, and saved with the commands of the form."""
