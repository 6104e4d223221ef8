"""Questions about bulk actions: whose turn it is, and how each run stands."""
