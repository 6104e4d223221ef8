"""Files that were uploaded, on the disk for as long as they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.runtime.uploaded_file_manager import UploadedFile


@contextmanager
def kept(uploaded: UploadedFile) -> Iterator[Path]:
    """The file under its own name; gone afterwards."""
    with TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / Path(uploaded.name).name
        path.write_bytes(uploaded.getvalue())
        yield path
