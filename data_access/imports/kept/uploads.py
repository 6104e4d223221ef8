"""An uploaded file, stored in parts in the database, where every process and the worker find it."""

from hashlib import sha256
from pathlib import Path

from data_access.base.errors import Rejected
from data_access.base.settings import largest_file
from data_access.commands.imports.runs import KeepFile
from data_access.domain.entered.imported_files import MOST_FILES, PART
from data_access.imports.catalogue.headings import look_at
from data_access.imports.files.files import refuse_larger
from data_access.imports.kept.kept_files import keep_part
from data_access.queries.imports.runs import OwnImports
from data_access.services.bulk.import_moves import ImportSaved
from data_access.store.access import Access, new_command_id


def keep_file(access: Access, path: Path) -> ImportSaved:
    """The import that is made of the file. Rejected where it is too large, or no table."""
    refuse_larger(path.name, path.stat().st_size, largest_file())
    waiting = [one for one in access.fetch(OwnImports()) if one.removed_at is None]
    if len(waiting) >= MOST_FILES:
        raise Rejected(f"{MOST_FILES} files of yours wait already: import one of them first, or discard it.")
    look, upload, digest = look_at(path), new_command_id(), sha256()
    with path.open("rb") as file:
        for number, part in enumerate(iter(lambda: file.read(PART), b""), 1):
            digest.update(part)
            keep_part(access.engine, upload, number, part, access.now())
    return access.execute(
        KeepFile(
            upload=upload, file=path.name, size=path.stat().st_size, digest=digest.hexdigest(),
            headings=look.headings, first=look.first, delimiter=look.delimiter, encoding=look.encoding,
            command_id=new_command_id(),
        )
    )  # fmt: skip
