"""Collection: terms, the days of each step, and which steps are taken when."""
