"""Facts from the database that services and queries decide by; nothing is changed here."""
