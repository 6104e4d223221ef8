"""Billing: periods, prorated and recurring fees, and a customer's books in memory."""
