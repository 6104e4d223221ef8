"""What asking for an export file, writing it and handing it out have in common."""
