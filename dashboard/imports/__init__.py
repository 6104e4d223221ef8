"""The page Import: what a file contains, how its columns are read, the result of each row."""
