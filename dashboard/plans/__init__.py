"""The page Subscription plans."""
