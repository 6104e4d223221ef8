"""Lists of customers as files: made by a click, or written by the worker and fetched later."""
