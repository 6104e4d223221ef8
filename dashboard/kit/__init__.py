"""What any page may use: context, cache, words, files to save."""
