"""A command as a value: its JSON form, which later versions still read, and the digest of its content."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from data_access.base.audit_hash_chain import canonical, sha256
from data_access.base.errors import Rejected

_SECRET = "secret"
Secret = Annotated[str, _SECRET]  # a password's hash, a key: never part of a form that is kept


@cache
def _adapter(kind: type[object]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def content_of(command: Any) -> dict[str, Any]:
    """What a command orders, in JSON's types, without its id. A field at its default is left out: it may be new."""
    dumped = _adapter(command.__class__).dump_python(command, mode="json", fallback=repr)
    told = (
        one.name for one in fields(command) if one.name != "command_id" and getattr(command, one.name) != one.default
    )
    return {name: dumped[name] for name in told}


def payload_hash(command: Any) -> str:
    """The digest by which a command that is sent again is told from another one under its id."""
    return sha256(canonical([command.code, content_of(command)]))


def form_of(command: Any) -> dict[str, Any]:
    """The command to be kept or sent: `{"command": code, "content": {...}}`, read again by `command_of`.

    Rejected for a command that carries a secret: what is kept can be read by more people than the one who typed it.
    """
    secret = sorted(name for name in secrets_of(command.__class__) if getattr(command, name))
    if secret:
        raise Rejected("This cannot be kept for later: it carries a password or a key. Carry it out at once.")
    return {"command": command.code, "content": content_of(command)}


@cache
def secrets_of(kind: type[object]) -> frozenset[str]:
    """The fields of a kind of command that are never kept."""
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in hints.items() if _is_secret(hint))


def _is_secret(hint: Any) -> bool:
    return _SECRET in getattr(hint, "__metadata__", ()) or any(_is_secret(part) for part in get_args(hint))


def command_of(form: Mapping[str, Any], kinds: Mapping[str, type[Any]], command_id: str) -> Any:
    """The command of a form that `form_of` wrote, today or in an earlier version; `kinds` by their code.

    Rejected for a kind or a field that is unknown, and for a value that does not fit: nothing of an order is dropped.
    """
    kind, content = kinds.get(str(form.get("command"))), form.get("content")
    if kind is None or not isinstance(content, Mapping):
        raise Rejected("This order is of a kind that is unknown here, so it cannot be carried out.")
    named = {kind.formerly.get(name, name): value for name, value in content.items()}
    adapter: TypeAdapter[Any] = _adapter(kind)  # type: ignore[arg-type]  # a class can be hashed
    try:
        command = adapter.validate_python({**named, "command_id": command_id})
    except ValidationError as wrong:
        place = ".".join(str(part) for part in wrong.errors()[0]["loc"])
        raise Rejected(f"This order does not fit what {kind.code} needs today, at {place}.") from wrong
    whole = adapter.dump_python(command, mode="json", fallback=repr)
    lost = _lost(named, whole)
    if lost:
        raise Rejected(f"This order says more than {kind.code} knows today: {', '.join(sorted(lost))}.")
    return command


def _lost(stored: Any, read: Any, place: str = "") -> set[str]:
    """Where the stored form has something that reading it left out."""
    if isinstance(stored, Mapping) and isinstance(read, Mapping):
        missing = {f"{place}{name}" for name in stored.keys() - read.keys()}
        deeper = (_lost(stored[name], read[name], f"{place}{name}.") for name in stored.keys() & read.keys())
        return missing.union(*deeper)
    if isinstance(stored, list) and isinstance(read, list):
        return set().union(*(_lost(one, other, place) for one, other in zip(stored, read, strict=True)))
    return set()
