"""Files of records that administrators maintain: the rates of tariffs, and the numbers of the pool."""
