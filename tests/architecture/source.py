"""The source under test: where it stands, and small questions about a parsed module."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("data_access", "dashboard", "pages")


@dataclass(frozen=True, slots=True)
class Module:
    """One file of Python: its path from the root, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the name that is called: `session.get`, `func.avg`, `select`."""
        return ((ast.unparse(n.func), n) for n in ast.walk(self.tree) if isinstance(n, ast.Call))


@cache
def _parsed(text: str) -> ast.Module:
    """Each rule looks at every module: parsing it for each takes most of their time."""
    return ast.parse(text)


def modules(*folders: str) -> list[Module]:
    """All files of Python in these folders of the repository."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return [Module(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files]


def names_in(node: ast.AST) -> set[str]:
    """Every bare name that is read somewhere below the node."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def classes_in(module: Module) -> Iterator[tuple[str, set[str]]]:
    """Each class of the module, with the names of its bases: `Query[int]` counts as `Query`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            bases = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
            yield node.name, {ast.unparse(base).rpartition(".")[2] for base in bases}


def tables() -> frozenset[str]:
    """The names of all mapped classes, found by their bases."""
    found = {"Base"}
    pairs = [pair for module in modules("data_access/models") for pair in classes_in(module)]
    while more := {name for name, bases in pairs if bases & found} - found:
        found |= more
    return frozenset(found)
