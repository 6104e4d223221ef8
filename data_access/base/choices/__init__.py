"""Choices that columns hold and screens offer."""
