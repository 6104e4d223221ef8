"""What people enter beside the forms: fields of their own, and rows that they paste."""
