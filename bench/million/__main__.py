"""`python -m bench.million`: a book of a million customers, and how long data access and pages take over it."""

import argparse
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from bench.million.book import TEMPLATE, fill
from bench.million.measure import HEAD, measure
from bench.million.pages import page_works
from bench.million.reruns import measure_pages
from bench.million.works import works
from data_access.base.engine import make_engine
from data_access.models.customers import Customer

FEW = 10_000


def main(arguments: list[str]) -> int:
    """Fills a database unless it holds customers, then prints a line a work."""
    parser = argparse.ArgumentParser(prog="python -m bench.million")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--database-url", help="by default a file that is gone afterwards")
    parser.add_argument("--template", type=int, default=TEMPLATE, help="how many of them the demo tells")
    parser.add_argument("--only", default="", help="works and pages with this in their name")
    parser.add_argument(
        "--beside", help="a smaller book, over which each page is drawn in turns; filled if it is empty"
    )
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="desk-million-") as folder:
        url = told.database_url or f"sqlite:///{Path(folder) / 'million.db'}"
        engine = _book(url, told.customers, told.template)
        beside = _book(told.beside, min(FEW, told.customers), told.template) if told.beside else None
        _measure(engine, told.only)
        _draw(engine, beside, told.only)
    return 0


def _book(url: str, customers: int, template: int) -> Engine:
    if not _is_filled(url):
        fill(url, customers, template=template)
    return make_engine(url)


def _is_filled(url: str) -> bool:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            has_table = inspect(connection).has_table(Customer.__tablename__)
            return has_table and connection.scalar(select(Customer.id).limit(1)) is not None
    finally:
        engine.dispose()


def _measure(engine: Engine, only: str) -> None:
    print(HEAD)
    for name, query in works(engine):
        if only in name:
            print(measure(engine, name, query).row(), flush=True)
    print()


def _draw(engine: Engine, beside: Engine | None, only: str) -> None:
    books = [one for one in (engine, beside) if one is not None]
    measure_pages(books, [[each for each in page_works(book) if only in f"page {each.name}"] for book in books])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
