"""What notebooks build on: frames that respect a person's permissions, with their audit entry."""
