"""The source under test: where it is, and small questions about a parsed module."""

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

    @property
    def nodes(self) -> list[ast.AST]:
        """Everything in the module, from the outside in."""
        return _nodes(self.text)

    def calls(self) -> list[tuple[str, ast.Call]]:
        """Every call with the name that is called: `session.get`, `func.avg`, `select`."""
        return _calls(self.text)

    def attributes(self) -> list[tuple[str, ast.Attribute]]:
        """Everything that is read with a dot, as it is written: `st.session_state`."""
        return _attributes(self.text)


# Each rule looks at every module: what they have in common is done once for all of them, or takes most of their time.


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _nodes(text: str) -> list[ast.AST]:
    return list(ast.walk(_parsed(text)))


@cache
def _calls(text: str) -> list[tuple[str, ast.Call]]:
    return [(ast.unparse(node.func), node) for node in _nodes(text) if isinstance(node, ast.Call)]


@cache
def _attributes(text: str) -> list[tuple[str, ast.Attribute]]:
    return [(ast.unparse(node), node) for node in _nodes(text) if isinstance(node, ast.Attribute)]


def modules(*folders: str) -> list[Module]:
    """All files of Python in these folders of the repository."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return [Module(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files]


def names_in(node: ast.AST) -> set[str]:
    """Every bare name that is read somewhere below the node."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def classes_in(module: Module) -> Iterator[tuple[str, set[str]]]:
    """Each class of the module, with the names of its bases: `Query[int]` counts as `Query`."""
    for node in module.nodes:
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
