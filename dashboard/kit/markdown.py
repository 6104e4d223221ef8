"""Markdown: user input escaped for use inside our sentences, which are drawn as markdown."""

from dashboard.kit.feedback import escape


def prose(text: str) -> str:
    """On one line, as it was typed and nothing more."""
    return escape(" ".join(text.split()))


def lines(text: str) -> str:
    """With its line breaks; blank lines are left out."""
    return "  \n".join(prose(line) for line in text.splitlines() if line.strip())
