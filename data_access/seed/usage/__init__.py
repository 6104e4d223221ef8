"""How usage in the demo is priced and measured."""
