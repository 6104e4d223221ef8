"""Completeness: every query and command has a test, every table a scope, every documented make target exists."""

import re

import pytest

from data_access.store.scope import SCOPES
from tests.architecture.source import ROOT, Module, classes_in, modules, names_in, tables

VERBS = (
    "Query", "Command", "DueIds",
    "EditBeside", "AddBeside", "ChangeBeside", "RemoveBeside", "AddRecord", "ChangeRecord", "RemoveRecord",
    "BulkMove",
)  # fmt: skip
BASES = {"BulkMove", "SectionEdit", "SectionAdd", "SectionRemove"}  # of those
NOT_BUSINESS = {
    "SignInAttempt",
    "Draft",
    "Lease",
    "DemoClock",
    "BankOperation",
}  # technical doors alone
ABSTRACT = {"Base", "Record", "Removable", "WrittenOnce", "Reversible", "KeptPart", "_AlikeInStatus"}
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def verbs(sources: list[Module]) -> set[str]:
    """The queries and commands that these modules define."""
    found = {name for module in sources for name, bases in classes_in(module) if bases.intersection(VERBS)}
    return found - BASES


def untried(asked: set[str], tests: list[Module]) -> set[str]:
    """Those that no test makes; an import alone does not count."""
    return asked - {name for module in tests for name in names_in(module.tree)}


def targets(makefile: str) -> set[str]:
    """The verbs that a Makefile knows."""
    return set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))


def make_verbs(text: str) -> set[str]:
    """The verbs that a document tells people to type."""
    return set(re.findall(r"(?:^\s*|`)make ([a-z][a-z0-9-]*)", text, re.MULTILINE))


def started(makefile: str) -> set[str]:
    """The programs of ours that a Makefile starts, as paths from the root without `.py`."""
    named = re.findall(r"python -m ((?:dashboard|data_access|bench|tests)[\w.]*)", makefile)
    return {name.replace(".", "/") if "." in name else f"{name}/__main__" for name in named}


def links(text: str) -> set[str]:
    """The files that a document leads to."""
    return {link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if not re.match(r"[a-z]+:", link)}


def test_every_query_and_command_is_tried_by_a_test():
    assert not untried(verbs(modules("data_access")), modules("tests"))


def test_an_untried_command_is_seen():
    source = Module("data_access/x.py", "class Pay(Command[int]): ...\nclass Ask(Query[str]): ...\nclass Row: ...")
    test = Module("tests/test_x.py", "from data_access.commands.x import Pay\n\ndef test_ask(): fetch(Ask())")
    assert untried(verbs([source]), [test]) == {"Pay"}


def test_every_table_declares_its_scope():
    assert {scoped.__name__ for scoped in SCOPES} == tables() - ABSTRACT - NOT_BUSINESS


def test_tables_are_found_by_their_bases():
    assert {"Customer", "Transaction", "CommandLog", "Draft"} <= tables()


@pytest.mark.parametrize("document", DOCS, ids=lambda file: file.name)
def test_a_documented_verb_exists(document):
    assert make_verbs(document.read_text()) <= targets((ROOT / "Makefile").read_text())


@pytest.mark.parametrize("document", DOCS, ids=lambda file: file.name)
def test_a_link_leads_somewhere(document):
    assert not {link for link in links(document.read_text()) if not (document.parent / link).exists()}


def test_a_verb_and_a_link_are_read_from_a_document():
    text = (
        "See [the map](docs/map.md) or [the site](https://example.org), then run `make fly PORT=1`.\n\n    make check\n"
    )
    assert (make_verbs(text), links(text)) == ({"fly", "check"}, {"docs/map.md"})


@pytest.mark.parametrize("program", sorted(started((ROOT / "Makefile").read_text())))
def test_what_a_verb_starts_is_there(program):
    assert (ROOT / f"{program}.py").exists()


def test_a_started_program_is_read_from_a_makefile():
    assert started("fly:\n\t@python -m bench.fly 1\n\tpython -m bench\n") == {"bench/fly", "bench/__main__"}


def test_every_verb_of_the_makefile_is_explained():
    makefile = (ROOT / "Makefile").read_text()
    explained = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    assert targets(makefile) - explained == {"static", "chromium"}
