"""Commands about many customers at once: trial, start, undo; and the change made to each of them."""
