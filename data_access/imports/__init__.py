"""Files brought in: what a mapping says about them, each row judged like a form, each batch one command."""
