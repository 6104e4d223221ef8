"""Every command line in a document is accepted by its program."""

import re
import shlex
from pathlib import Path

import pytest

from dashboard.server import launcher as dashboard
from data_access.cli import main as data_access

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")])
PARSERS = {"data_access": data_access._parser, "dashboard": dashboard._parser}
LINE = re.compile(r"python -m (data_access|dashboard)\b([^`|\n]*)")


def command_lines(text: str) -> list[tuple[str, str]]:
    """Program and words of each, without what stands behind a `#`."""
    return [(found[1], found[2].strip()) for found in LINE.finditer(text) if found[2].strip()]


@pytest.mark.parametrize("document", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_command_lines_are_understood(document: Path):
    for program, words in command_lines(document.read_text()):
        given = shlex.split(words, comments=True)
        if "--help" not in given:
            PARSERS[program]().parse_args(given)


def test_a_wrong_one_is_seen():
    ((program, words),) = command_lines("Then:\n\n    X=1 .venv/bin/python -m data_access people add --first  # now\n")
    with pytest.raises(SystemExit):
        PARSERS[program]().parse_args(shlex.split(words, comments=True))
