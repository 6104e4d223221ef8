"""Commands about records that administrators maintain for all customers, one module for each area."""
