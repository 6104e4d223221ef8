"""Choices that columns hold and pages offer."""
