"""What a notebook begins with: frames by the rights of a person, with their entry in the audit."""
