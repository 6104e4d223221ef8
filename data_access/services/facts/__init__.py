"""Facts out of the database that services and queries judge by; nothing is changed here."""
