"""The folder of export files: the same for the worker that writes them and for every process that serves them."""

from pathlib import Path

from data_access.base.settings import settings


def export_path(file: str) -> Path:
    """Where the file of this name stands, or will."""
    return Path(settings().export_dir) / file
