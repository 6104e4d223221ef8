"""The pages of bulk actions: all runs, and one of them with its customers."""
