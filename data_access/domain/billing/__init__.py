"""Billing: periods, fees for some days, what recurs, and a customer's books in memory."""
