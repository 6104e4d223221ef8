"""The kinds of files, the first look at one, and the mapping that a page writes for it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.base.errors import Rejected
from data_access.imports.catalogue.headings import FirstLook, look_at
from data_access.imports.files.mapping_text import HowWritten, mapping_text
from data_access.imports.kinds import KINDS

CUSTOMERS = KINDS["customers"]
PRINTED = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=20).filter(str.strip)


def test_every_kind_names_its_fields_and_those_that_there_have_to_be() -> None:
    for kind in KINDS.values():
        assert set(kind.required) <= set(kind.labels)
        assert all(label.strip() and "_" not in label for label in kind.labels.values()) or kind.name == "classes"
        assert len(set(kind.labels.values())) == len(kind.labels), kind.name
        assert kind.exported is None or kind.exported.is_file()
        assert kind.has_headings or kind.name in ("customers", "classes", "invoices", "charges", "usage", "samples")
    assert KINDS["abbreviated-numbers"].order == "ImportAbbreviatedNumbers"


@given(
    st.dictionaries(st.sampled_from([*CUSTOMERS.labels]), PRINTED, max_size=5),
    st.dictionaries(st.sampled_from([*CUSTOMERS.required]), PRINTED, min_size=4),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]), st.sampled_from([(".", ""), (",", "."), (",", " ")]),
    st.sampled_from(["keep", "clear"]), st.sampled_from([",", ";", "\t"]),
)  # fmt: skip
def test_the_mapping_that_is_written_is_read_as_it_was_chosen(
    tmp_path_factory: pytest.TempPathFactory, columns: dict[str, str], constants: dict[str, str], day: str,
    marks: tuple[str, str], blank: str, delimiter: str,
) -> None:  # fmt: skip
    path = tmp_path_factory.getbasetemp() / "chosen.toml"
    own = {name: column for name, column in columns.items() if name not in constants}
    how = HowWritten(day, *marks, blank, delimiter, "cp1252")
    path.write_text(mapping_text(own, constants, how), encoding="utf-8")
    read = CUSTOMERS.mapping(path, path)
    assert {name: rule.column for name, rule in read.fields.items() if rule.column is not None} == own
    assert {name: rule.constant for name, rule in read.fields.items() if rule.column is None} == constants
    assert (read.date_format, read.delimiter, read.encoding) == (day, delimiter, "cp1252")
    balance = read.fields.get("balance")
    assert balance is None or (balance.written.decimal, balance.written.thousands) == marks
    assert all(rule.clears is (blank == "clear") for rule in read.fields.values())


@pytest.mark.parametrize(
    ("content", "look"),
    [
        (b"A,B\n1,2\n", FirstLook(("A", "B"), {"A": "1", "B": "2"})),
        ("Ä;B\n1,5;ö\n".encode("cp1252"), FirstLook(("Ä", "B"), {"Ä": "1,5", "B": "ö"}, ";", "cp1252")),
        ("\ufeffÄ\tB\n".encode(), FirstLook(("Ä", "B"), {}, "\t")),
    ],
)
def test_the_first_look_finds_what_stands_between_the_cells_and_how_they_are_written(
    tmp_path: Path, content: bytes, look: FirstLook
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert look_at(path) == look


def test_what_is_no_table_is_refused_by_its_first_look(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(Rejected, match=r"file\.csv"):
        look_at(path)
