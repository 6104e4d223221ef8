"""The rows of a CSV file, packed with gzip or not. A row ends where CSV says so, at no other sign of Unicode."""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from data_access.base.errors import Rejected
from data_access.imports.files.files import refuse_larger
from data_access.imports.files.mapping import FileMapping

_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")
_CHUNK = 1 << 20
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class _Counted(io.RawIOBase):
    """What is unpacked, counted and looked at as it passes."""

    def __init__(self, name: str, file: IO[bytes], largest: int) -> None:
        self.name, self.file, self.size, self.largest = name, file, 0, largest

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]  # a buffer is what comes
        chunk = self.file.read(len(into))
        if self.size == 0 and chunk.startswith(_ARCHIVES):
            raise Rejected(f"{self.name} is not text: a spreadsheet must be an XLSX file whose name says so.")
        self.size += len(chunk)
        refuse_larger(self.name, self.size, self.largest)
        into[: len(chunk)] = chunk
        return len(chunk)


def is_text(path: Path, encoding: str) -> bool:
    """Whether all of a file can be read in an encoding, as far as it can be unpacked; a spreadsheet always can."""
    if path.suffix.lower() == ".xlsx":
        return True
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _unpacked(path) as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    except (OSError, EOFError, zlib.error):  # whoever reads the rows says so
        return True
    return True


def _unpacked(path: Path) -> IO[bytes]:
    is_packed = path.suffix.lower() == ".gz"
    return gzip.open(path, "rb") if is_packed else path.open("rb")  # type: ignore[return-value]  # reads alike


def csv_rows(path: Path, name: str, mapping: FileMapping, largest: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line; Rejected where the file is none any more."""
    packed = _unpacked(path)
    counted: Any = _Counted(name, packed, largest)
    with packed, io.TextIOWrapper(counted, encoding=mapping.encoding, newline="") as text:
        reader = csv.reader(text, delimiter=mapping.delimiter, strict=True)
        number = 1
        try:
            for cells in reader:
                if any(map(_NO_TEXT.search, cells)):
                    raise Rejected(f"{name} is a binary file, not a table: save it as CSV or XLSX.")
                yield number, cells
                number = reader.line_num + 1
        except csv.Error as wrong:
            raise Rejected(f"{name} is not CSV at line {number}: {wrong}.") from wrong
        except UnicodeError as wrong:
            charset = mapping.encoding.removesuffix("-sig").upper()
            raise Rejected(
                f"{name} is not written in {charset}, somewhere after line {max(number - 1, 0):,}: "
                "save it in that encoding, or name its own in the mapping."
            ) from wrong
        except (OSError, EOFError, zlib.error) as wrong:
            raise Rejected(f"{name} cannot be unpacked: it is damaged, or not a gzip file.") from wrong
