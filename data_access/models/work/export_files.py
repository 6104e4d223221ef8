"""Export files: lists that are too long for a page to wait for, written by the worker and fetched later."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.choices.export_choices import ExportContent, ExportState, FileFormat
from data_access.base.text.masking import FreeText
from data_access.models.base import PERSONAL, SUMMARY, Record

WHY_LENGTH = 400


class ExportFile(Record):
    """A file that a person asked for. It holds what that person might see then: `reseller_id`, `shows_personal`.

    `page` and `address` are the filter, in words `selection`; `customers` is how many it found. `file`: the name in the
    folder of exports. `written`: how many rows stand in it so far; none before it is begun. `is_cleared`: whatever was
    written is gone from the folder.
    """

    __tablename__ = "export_files"
    __table_args__ = (
        Index("ix_export_files_person_id", "person_id", "id"),
        Index("ix_export_files_state", "state", "is_cleared", "id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    page: Mapped[str] = mapped_column(String(40))
    address: Mapped[dict[str, Any]] = mapped_column(info=PERSONAL | SUMMARY)
    selection: Mapped[str] = mapped_column(FreeText, info=PERSONAL)
    customers: Mapped[int]
    kind: Mapped[FileFormat]
    content: Mapped[ExportContent]
    reseller_id: Mapped[int | None] = mapped_column(ForeignKey("resellers.id"))
    shows_personal: Mapped[bool]
    file: Mapped[str] = mapped_column(String(60), info=SUMMARY)
    state: Mapped[ExportState] = mapped_column(default=ExportState.ASKED)
    written: Mapped[int | None] = mapped_column(info=SUMMARY)
    size: Mapped[int | None] = mapped_column(BigInteger)
    ended_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(WHY_LENGTH), default="")
    is_cleared: Mapped[bool] = mapped_column(default=False, info=SUMMARY)
