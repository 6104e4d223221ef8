"""`python -m bench.million`: a book of a million customers, and how long data access takes over it."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.million.book import TEMPLATE, fill


def main(arguments: list[str]) -> int:
    """Fills a database unless it is there."""
    parser = argparse.ArgumentParser(prog="python -m bench.million")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument(
        "--database-url", help="an empty database to be filled; by default a file that is gone afterwards"
    )
    parser.add_argument("--template", type=int, default=TEMPLATE, help="how many of them the demo tells")
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="desk-million-") as folder:
        fill(told.database_url or f"sqlite:///{Path(folder) / 'million.db'}", told.customers, template=told.template)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
