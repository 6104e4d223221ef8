"""A file that is made when it is asked for, and what its button says where it cannot be."""

import asyncio
import inspect
from collections.abc import Callable

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime import app_session
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from dashboard.server.made_files import BROKE_OFF, MadeFiles, tell_refusals
from data_access.base.errors import NotPermitted

GONE = "Your role has no right to export lists of customers. A manager or an admin can."


def asked(make: Callable[[], bytes]) -> tuple[str, str]:
    """The address of the file, and what is told."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    file_id = manager.add_deferred(make, "text/csv", "here", "list.csv")
    request = BackendOperationRequest(request_id="1")
    request.deferred_file.file_id = file_id
    answer = asyncio.run(MadeFiles(lambda: manager).handle(request, "session"))
    return answer.deferred_file.url, answer.error_msg


def refuses() -> bytes:
    raise NotPermitted(GONE)


def breaks() -> bytes:
    raise KeyError("inside")


def test_a_file_is_made_when_it_is_asked_for() -> None:
    url, told = asked(lambda: b"Customer ID")
    assert url.startswith("/media/")
    assert told == ""


def test_a_right_that_was_taken_away_meanwhile_is_told_at_the_button() -> None:
    assert asked(refuses) == ("", GONE)


def test_nothing_of_the_inside_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert asked(breaks) == ("", BROKE_OFF)
    assert "inside" in caplog.text


def test_sessions_of_the_platform_make_files_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_session, "DeferredFileHandler", None)  # as it was, once this is over
    tell_refusals()
    assert vars(app_session)["DeferredFileHandler"] is MadeFiles
    assert "DeferredFileHandler(" in inspect.getsource(app_session.AppSession)
