"""Facts about the records that administrators maintain: which can be chosen, and what uses each."""
