"""The result of your own command, if its answer did not arrive."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.labels import command_words
from data_access.models.history import CommandLog
from data_access.queries.audit.gists import gists
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True)
class WhatWasDone(Query[str]):
    """The command and what came of it, in words; blank for one that was not executed, or not by whoever asks."""

    needs: ClassVar = Permission.CUSTOMER_READ

    command_id: str

    def run(self, reader: Reader) -> str:
        mine = visible(CommandLog, reader.actor).where(
            CommandLog.id == self.command_id, CommandLog.person_id == reader.actor.person_id
        )
        row = reader.session.execute(mine.with_only_columns(CommandLog.name, CommandLog.result)).one_or_none()
        if row is None:
            return ""
        (gist,) = gists(reader, [row.result])
        return ", ".join(part for part in (command_words(row.name), gist) if part) + "."
