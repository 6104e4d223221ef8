"""Files made when they are asked for: a refusal meanwhile is told at the button, in its own words."""

import asyncio
import logging

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError

from data_access.base.errors import Refusal

BROKE_OFF = "The file could not be made. Reload the page and try again."
_LOG = logging.getLogger("customer_desk.crash")


class MadeFiles(DeferredFileHandler):
    """In place of the platform's own, which tells no reason."""

    async def handle(
        self,
        request: BackendOperationRequest,
        session_id: str,  # noqa: ARG002  the platform hands it over by name
    ) -> BackendOperationResponse:
        """Makes the file; its address, or the sentence why not."""
        make = self._get_media_file_mgr().execute_deferred
        try:
            url = await asyncio.to_thread(make, request.deferred_file.file_id)
        except MediaFileStorageError as failed:
            return BackendOperationResponse(request_id=request.request_id, error_msg=_told(failed))
        made = DeferredFileResponsePayload(url=url)
        return BackendOperationResponse(request_id=request.request_id, deferred_file=made)


def _told(failed: MediaFileStorageError) -> str:
    if isinstance(failed.__cause__, Refusal):
        return str(failed.__cause__)
    _LOG.error("A file could not be made.", exc_info=failed)
    return BROKE_OFF


def tell_refusals() -> None:
    """From now on sessions make files so."""
    app_session.DeferredFileHandler = MadeFiles  # type: ignore[attr-defined]  # there is no way to hand one in
