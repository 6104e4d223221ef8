"""The architecture as the imports draw it: which module imports which, and the resulting folders and layers."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import TopologicalSorter

from tests.architecture.source import PRODUCT, Module, modules

Uses = dict[str, set[str]]


def name_of(module: Module) -> str:
    """The dotted name of a file, a package's own file being the package."""
    return module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def product() -> Uses:
    """Each module of the product with those of ours that it imports; migrations are read by Alembic alone."""
    return uses([module for module in modules(*PRODUCT) if "/versions/" not in module.path])


def uses(sources: Iterable[Module]) -> Uses:
    """Each of these modules with those among them that it imports."""
    by_name = {name_of(module): module for module in sources}
    return {
        name: {found for found in _imported(module.tree, by_name) if found != name} for name, module in by_name.items()
    }


def _imported(tree: ast.Module, known: Mapping[str, Module]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {path if path in known else node.module for path in whole.values()}
    return found & known.keys()


def inside(folder: str, drawn: Uses) -> Uses:
    """What stands directly in a folder, modules and folders, with what each uses of the rest of it."""
    graph: Uses = defaultdict(set)
    for name, used in drawn.items():
        if name.startswith(f"{folder}."):
            room = _room(folder, name)
            graph[room] |= {_room(folder, other) for other in used if other.startswith(f"{folder}.")} - {room}
    return dict(graph)


def _room(folder: str, name: str) -> str:
    return name.removeprefix(f"{folder}.").partition(".")[0]


def floors(graph: Uses) -> dict[str, int]:
    """The floor of each room: one above the highest that it uses. CycleError if two use each other."""
    found: dict[str, int] = {}
    for room in TopologicalSorter(graph).static_order():
        found[room] = 1 + max((found[below] for below in graph.get(room, set())), default=0)
    return found


def users(drawn: Uses) -> Uses:
    """Each module with those that import it."""
    found: Uses = defaultdict(set)
    for name, used in drawn.items():
        for other in used:
            found[other].add(name)
    return dict(found)
