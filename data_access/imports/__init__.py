"""Imports of files: mappings, each row checked like a form, each batch one command."""
