"""Queries about debts against credit limits, over all customers."""
