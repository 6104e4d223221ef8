"""URLs: which pages there are, links to each, and what the URL of a page contains."""
