"""Commands about how usage is priced and measured."""
