"""Files: read once, as a private copy, and checked in advance for being writable."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from data_access.base.errors import Rejected

_LARGEST_TEXT = 1_000_000
_CHUNK = 1 << 20


def text_of(path: Path) -> str:
    """A short text file in UTF-8; Rejected if it is missing, too large or no text."""
    with _opened(path) as file:
        content = file.read(_LARGEST_TEXT + 1)
    if len(content) > _LARGEST_TEXT:
        raise Rejected(f"{path.name} is too large for a mapping: at most {_LARGEST_TEXT:,} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Rejected(f"{path.name} cannot be read: it is not text in UTF-8.") from wrong


@contextmanager
def private_copy(path: Path, largest: int) -> Iterator[tuple[Path, str]]:
    """A copy that nobody else changes, and its SHA-256; both are of what was read. Gone afterwards."""
    with TemporaryDirectory(prefix="import-") as folder:
        copy, digest, size = Path(folder) / f"file{path.suffix.lower()}", sha256(), 0
        with _opened(path) as file, copy.open("wb") as own:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                refuse_larger(path.name, size, largest)
                digest.update(chunk)
                own.write(chunk)
        if size == 0:
            raise Rejected(f"{path.name} is empty.")
        yield copy, digest.hexdigest()


def refuse_larger(name: str, size: int, largest: int) -> None:
    if size > largest:
        raise Rejected(f"{name} is too large: files of up to {largest:,} bytes can be imported. Split it.")


def _opened(path: Path) -> IO[bytes]:
    """Never waits: a pipe is told apart before it is opened."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Rejected(f"{path.name} cannot be read: it is a folder, a pipe or a device, not a file.")
        return path.open("rb")
    except (OSError, ValueError) as wrong:
        raise Rejected(f"{path.name} cannot be read: there is no such file, or you may not read it.") from wrong


def refuse_unwritable(path: Path, *inputs: Path) -> None:
    """Rejected if the file could not be written at the end, or is one of those that are read."""
    if any(path.exists() and one.exists() and path.samefile(one) for one in inputs):
        raise Rejected(f"{path.name} is one of the files to be read: give another name for what is written.")
    if path.exists() and not path.is_file():
        raise Rejected(f"{path.name} cannot be written: it is not a file.")
    try:
        path.open("a").close()
    except OSError as wrong:
        raise Rejected(
            f"{path.name} cannot be written: there is no such folder, or you may not write to it."
        ) from wrong
