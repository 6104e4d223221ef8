"""The tables by which usage is priced and measured."""
