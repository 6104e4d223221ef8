"""What is asked about records that stand by themselves, and about those that others refer to."""
