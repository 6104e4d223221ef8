"""What is known about records of administrators: which can be chosen, and what uses each."""
