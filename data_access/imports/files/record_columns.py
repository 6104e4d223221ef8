"""Columns of files of records: what each is called in a mapping, and as a heading in a file that needs none."""

from data_access.domain.sections import DID, RATE, TARIFF

TARIFF_NAME, BATCH_NAME = "tariff", "pricing_batch"
RATE_FIELDS = {TARIFF_NAME: TARIFF["name"].label, **RATE.labels}
_OF_DID = {"number": "did_number", "batch_id": BATCH_NAME}  # where a file has another name for the column
DID_FIELDS = {_OF_DID.get(name, name): label for name, label in DID.labels.items()}
IN_FILES = {**RATE_FIELDS, **DID_FIELDS}


def of_did(name: str) -> str:
    """What a field of a number is called in files."""
    return _OF_DID.get(name, name)
