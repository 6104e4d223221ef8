"""Refusals: each kind has a code of its own, by which programs and metrics tell it from the others."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import dashboard
import data_access
from data_access.base.errors import Refusal

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def kinds() -> Iterator[type[Refusal]]:
    for package in (data_access, dashboard):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                import_module(module.name)
    waiting = [Refusal]
    while waiting:
        yield (kind := waiting.pop())
        waiting += kind.__subclasses__()


def test_each_kind_of_refusal_has_a_code_of_its_own() -> None:
    codes = {kind: vars(kind).get("code") for kind in kinds()}
    assert None not in codes.values(), codes
    assert len(set(codes.values())) == len(codes) > 8


def test_the_codes_of_data_access_are_told() -> None:
    of_errors = [kind for kind in kinds() if kind.__module__ == Refusal.__module__ and kind is not Refusal]
    assert [kind.code for kind in of_errors if kind.code not in OPERATIONS] == []
