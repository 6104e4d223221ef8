"""Files of what administrators keep: the rates of tariffs, and the numbers of the pool."""
