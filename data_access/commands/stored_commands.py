"""Commands that were stored as values: each kind by its code, and parsing of a stored form."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from data_access import commands
from data_access.store.access import Command
from data_access.store.command_form import command_of


@cache
def kinds() -> Mapping[str, type[Command[Any]]]:
    """Every kind of command by its stable code."""
    modules = [import_module(found.name) for found in walk_packages(commands.__path__, f"{commands.__name__}.")]
    names = {module.__name__ for module in modules}
    return {kind.code: kind for kind in _kinds_of(Command) if kind.__module__ in names}


def _kinds_of(kind: type[Any]) -> Iterator[type[Any]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds_of(below)


def read_command(form: Mapping[str, Any], command_id: str) -> Command[Any]:
    """The command that a kept form orders, to be executed under this id. Rejected if it cannot be read any more."""
    command: Command[Any] = command_of(form, kinds(), command_id)
    return command
