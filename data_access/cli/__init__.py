"""The command line: its entry point, and one module for each group of subcommands."""
