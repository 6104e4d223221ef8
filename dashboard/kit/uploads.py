"""Uploaded files, on disk for as long as they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


@contextmanager
def kept(uploaded: UploadedFile) -> Iterator[Path]:
    """The file under its own name; gone afterwards."""
    with TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / Path(uploaded.name).name
        path.write_bytes(uploaded.getvalue())
        yield path


def let_go(uploaded: UploadedFile) -> None:
    """Forgets an upload that is kept elsewhere by now: the process holds it in memory until the session is over."""
    run = get_script_run_ctx()
    if run is not None and isinstance(run.uploaded_file_mgr, MemoryUploadedFileManager):
        run.uploaded_file_mgr.remove_file(run.session_id, uploaded.file_id)
