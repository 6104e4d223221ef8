"""Texts: how they are read as typed, compared, masked, labelled and written into sheets."""
