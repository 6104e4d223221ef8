"""Versions of customers in files: the last command that edited what a file can change of them, and who edited since."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_

from data_access.base.permissions import Actor
from data_access.domain.entered.card_columns import CARD
from data_access.domain.sections import CUSTOMER
from data_access.models.card.custom_fields import CustomValue
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog
from data_access.store.scope import visible

VERSION, HEADING = "version", "Version"
_CREATED = "*"
_OF_CUSTOMER = (_CREATED, *CUSTOMER.names)
_BESIDE = (*(section.model.__name__ for section in CARD), CustomValue.__name__)
_WRITTEN = re.compile(r"(\d{1,18})-([0-9a-f]{8})")
Ask = Callable[[Any], Any]
Version = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Edited:
    """The last edit of a customer. As a text it is the version in a file, which no other desk has."""

    number: int
    digest: str
    login: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.number}-{self.digest[:8]}"


def last_edits(ask: Ask, actor: Actor, customer_ids: Collection[int]) -> dict[int, Edited]:
    """By customer the last command that edited what a file can change. `ask` executes a statement."""
    own = and_(Change.entity == Customer.__name__, Change.field.in_(_OF_CUSTOMER))
    last = (
        visible(Change, actor)
        .join(CommandLog, CommandLog.id == Change.command_id)
        .where(Change.customer_id.in_(customer_ids), or_(own, Change.entity.in_(_BESIDE)))
        .group_by(Change.customer_id)
        .with_only_columns(Change.customer_id, func.max(CommandLog.number).label("number"))
    )
    numbers = {row.customer_id: row.number for row in ask(last)}
    commands = _commands(ask, actor, set(numbers.values()))
    return {key: commands[number] for key, number in numbers.items() if number in commands}


def _commands(ask: Ask, actor: Actor, numbers: Collection[int]) -> dict[int, Edited]:
    columns = (CommandLog.number, CommandLog.digest, CommandLog.login, CommandLog.at)
    found = visible(CommandLog, actor).where(CommandLog.number.in_(numbers)).with_only_columns(*columns)
    return {row.number: Edited(*row) for row in ask(found)}


def read_version(text: str) -> Version:
    """The number of a command and the beginning of its digest. ValueError for a text that is no version."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"“{text[:40]}” is no version: leave it as the export wrote it.")
    return int(written[1]), written[2]


def edited_since(ask: Ask, actor: Actor, exported: Mapping[int, Version]) -> dict[int, Edited]:
    """Of customers with the version of a file, those that were edited since, with their last edit.

    A version of another desk says nothing here.
    """
    here = _commands(ask, actor, {number for number, _ in exported.values()})
    last = last_edits(ask, actor, exported)
    return {
        key: last[key]
        for key, (number, digest) in exported.items()
        if number in here and here[number].digest.startswith(digest) and key in last and last[key].number > number
    }
