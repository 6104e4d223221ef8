"""The hash chain of the audit: what each command's digest covers, so that a manually altered row is found."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

FIRST = "0" * 64
COMMAND_FIELDS = ("id", "number", "name", "login", "person_id", "customer_id", "reason", "payload_hash", "result", "at")
APPLIED_AT = "applied_at"  # entries of before have none
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
CHANGE_FIELDS = ("entity", "entity_id", "customer_id", "field", "before", "after", "personal_digest")


def canonical(value: Any) -> str:
    """One text for one value, whatever the order of its keys."""
    return _CANONICAL.encode(value)


def sha256(text: str) -> str:
    """Of any text, one that no database takes included: whoever asks for the digest may refuse it later."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def personal_digest(salt: str, before: str | None, after: str | None) -> str:
    """What stays of a personal value after its erasure: enough to see that nothing else was altered."""
    return sha256(canonical([salt, before, after]))


def digest(previous: str, command: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> str:
    """The digest of a command that follows `previous`; instants as ISO text in UTC, one that is unknown left out."""
    covered = [[change[field] for field in CHANGE_FIELDS] for change in changes]
    told = [command[field] for field in COMMAND_FIELDS]
    applied_at = command[APPLIED_AT]
    return sha256(canonical([previous, told if applied_at is None else [*told, applied_at], covered]))
