"""Files brought in on a page: what they hold, how their columns are read, what came of each row."""
