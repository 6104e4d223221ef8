"""Imports of files: a file that was uploaded, part by part, and what came of each batch of its rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.statuses import ImportState
from data_access.models.base import PERSONAL, SUMMARY, Base, Record

WHY_LENGTH = 600
_TOLD = PERSONAL | SUMMARY  # the audit keeps the digest of the file, and each batch


class FileImport(Record):
    """A file that a person brings in. `upload` is under which its parts stand; `look` its headings and its first row.

    `kind` and `mapping` are those of the last trial, the `trial`-th. `says`: what came of it last, in sentences.
    `why`: why it was stopped. `removed_at`: when the file was let go.
    """

    __tablename__ = "file_imports"
    __table_args__ = (Index("ix_file_imports_state", "state", "id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    login: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    file: Mapped[str] = mapped_column(String(200), info=PERSONAL)
    upload: Mapped[str] = mapped_column(String(36), unique=True)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    look: Mapped[dict[str, Any]] = mapped_column(info=_TOLD)
    kind: Mapped[str] = mapped_column(String(40), default="")
    mapping: Mapped[str] = mapped_column(Text, default="", info=_TOLD)
    trial: Mapped[int] = mapped_column(default=0)
    state: Mapped[ImportState] = mapped_column(default=ImportState.KEPT)
    says: Mapped[str] = mapped_column(Text, default="", info=_TOLD)
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="", info=_TOLD)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class FilePart(Base):
    """A part of a file that was uploaded; gone once the file is."""

    __tablename__ = "file_parts"
    __table_args__ = (UniqueConstraint("upload", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload: Mapped[str] = mapped_column(String(36))
    number: Mapped[int]
    at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSONAL)


class ImportBatch(Base):
    """What came of a batch of rows, in a trial or when it was brought in; `content`: each remark, packed.

    Number 0 is what the file is like: how many rows it has, and what stands above them.
    """

    __tablename__ = "import_batches"
    __table_args__ = (UniqueConstraint("import_id", "is_trial", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("file_imports.id"))
    is_trial: Mapped[bool]
    number: Mapped[int]
    rows: Mapped[int]
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    customers: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    content: Mapped[bytes] = mapped_column(LargeBinary, info=PERSONAL)
