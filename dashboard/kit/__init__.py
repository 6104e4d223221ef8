"""What any page may use: context, cache, wording, files to save."""
