"""The pages of customer classes."""
