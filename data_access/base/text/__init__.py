"""Texts: how they are parsed, compared, masked, labelled and written to spreadsheets."""
