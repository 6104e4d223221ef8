"""The subcommand `audit`: verifies the whole log, and records outside the database how far it was intact."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.engine import keep_private
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM
from data_access.base.settings import settings
from data_access.cli.calls import DONE, REFUSED, named, refuse_old_schema, signed_by, verb
from data_access.queries.audit.verify import Anchor, VerifyChain
from data_access.store.access import Access


def add_verb(verbs: Any) -> None:
    """The parser of this verb."""
    audit = verbs.add_parser("audit", help="verify the audit log").add_subparsers(required=True, metavar="COMMAND")
    verifying = verb(
        audit.add_parser("verify", help="find entries and books that were altered, removed or forged"), _verify
    )
    signed_by(verifying, required=False)


def _verify(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    refuse_old_schema(engine)
    access = named(chosen, engine, clock) if chosen.login else Access(engine, SYSTEM, clock)
    file = anchor_file(engine)
    verified = access.fetch(VerifyChain(_anchor(file)))
    print(verified)
    if verified.last is None or not verified.holds:
        return REFUSED
    _drop_anchor(file, verified.last)
    return DONE


def anchor_file(engine: Engine) -> Path:
    """Where the anchor stands: as the settings say, otherwise beside a SQLite file, which it goes with."""
    told = settings().audit_anchor
    if told:
        return Path(told)
    return Path(f"{engine.url.database}.anchor") if engine.dialect.name == "sqlite" else Path("var/audit.anchor")


def _anchor(file: Path) -> Anchor | None:
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Anchor(int(told["number"]), str(told["digest"]))
    except (ValueError, KeyError, TypeError) as wrong:
        raise Rejected(
            f"{file} is not an anchor of the audit, so it is not known how far the audit reached: put the right "
            "file back, or move this one away to begin with a new one."
        ) from wrong


def _drop_anchor(file: Path, last: Anchor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    keep_private(file)
    file.write_text(json.dumps({"number": last.number, "digest": last.digest}) + "\n", encoding="utf-8")
