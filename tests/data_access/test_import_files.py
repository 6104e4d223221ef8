"""Files as other programs write them: each cell is read right, or refused in one sentence with its place."""

import gzip
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import Engine

from data_access.base.engine import make_engine
from data_access.base.errors import Refusal, Rejected
from data_access.imports.bills import INVOICE_FIELDS
from data_access.imports.charges import CHARGE_FIELDS
from data_access.imports.customers import customer_mapping
from data_access.imports.entries import CUSTOMER_FIELDS
from data_access.imports.report import Remark
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from tests.data_access.test_imports import BILL_HEADING, BILL_MAPPING, HEADING, MAPPING, Desk, refusals
from tests.support.builders import a_customer
from tests.support.databases import SqliteDatabases
from tests.support.examples import examples

GOOD = "K-1,A,5,0,,,"
CLASS = '\n[new_class]\nname = "Cabins"\nnet_days = 9\n'


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    engine: Engine = make_engine(sqlite_url)
    yield Desk(engine, tmp_path)
    engine.dispose()


def sheet(folder: Path, *rows: list[Any], heading: str = HEADING, name: str = "a.xlsx") -> Path:
    book = Workbook()
    for row in (heading.split(","), *rows):
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def altered(path: Path, part: str, was: str, becomes: str) -> Path:
    """The same archive with one part of it written by another program."""
    with zipfile.ZipFile(path) as packed:
        parts = {one.filename: packed.read(one) for one in packed.infolist()}
    assert was in parts[part].decode()
    parts[part] = parts[part].decode().replace(was, becomes).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c"])
def test_a_row_ends_at_no_sign_within_a_cell(desk: Desk, sign: str) -> None:
    report = desk.customers(f"K-1,One{sign}two,5,0,,,", "K-2,B,5,0,,,")
    assert [(row.line, row.customer_code, row.column) for row in report.refused] == [(2, "K-1", "Name")]
    assert "control character" in report.refused[0].reason
    assert [row.customer_code for row in desk.rows(Customer)] == ["K-2"]


def test_a_line_break_in_quotes_belongs_to_its_cell(desk: Desk) -> None:
    mapping = MAPPING + '\ndescription = { column = "Name" }\n'.replace("Name", "Mail")
    mapping = mapping.replace('email = { column = "Mail" }\n', "")
    report = desk.customers('K-1,A,5,0,"one\r\ntwo",,', "K-2,,-5,0,,,", mapping=mapping)
    assert desk.rows(Customer)[0].description == "one\ntwo"
    assert refusals(report) == [(4, "credit_limit")]


def test_a_spreadsheet_s_figures_are_those_that_it_shows(desk: Desk) -> None:
    path = sheet(desk.folder, ["K-1", "A", 3.3000000000000003, 0.1 + 0.2], [17, "B", 1e3, 0], ["007", True, 5, -7.5])
    desk.customers_from(path)
    told = [(row.customer_code, row.credit_limit, row.balance) for row in desk.rows(Customer)]
    assert told == [
        ("K-1", Decimal("3.3"), Decimal("0.3")), ("17", Decimal(1000), 0), ("007", Decimal(5), Decimal("-7.5")),
    ]  # fmt: skip


def test_a_spreadsheet_s_figures_are_read_whatever_mark_its_texts_use(desk: Desk) -> None:
    heading = f"{HEADING},Rate"
    mapping = 'decimal = ","\nthousands = "."\n' + MAPPING.replace('"Limit"', '"Limit", decimal = ".", thousands = ","')
    path = sheet(desk.folder, ["K-1", "A", 1234.5, -12.25], ["K-2", "B", "1,234.5", "1.234,25"], heading=heading)
    desk.customers_from(path, mapping=mapping)
    told = [(row.credit_limit, row.balance) for row in desk.rows(Customer)]
    assert told == [(Decimal("1234.5"), Decimal("-12.25")), (Decimal("1234.5"), Decimal("1234.25"))]


def test_every_field_of_an_import_has_a_name_in_its_report() -> None:
    for name in CUSTOMER_FIELDS | INVOICE_FIELDS | CHARGE_FIELDS | {"opening_balance"}:
        assert Remark(1, name, "").label != name


def test_a_formula_s_result_is_read_and_one_that_was_never_reckoned_refused(desk: Desk) -> None:
    path = sheet(desk.folder, ["K-1", "A", "=2+3", 0], ["K-2", "B", "=2+3", 0])
    altered(path, "xl/worksheets/sheet1.xml", '<c r="C2"><f>2+3</f><v /></c>', '<c r="C2"><f>2+3</f><v>5</v></c>')
    report = desk.customers_from(path)
    assert ([row.credit_limit for row in desk.rows(Customer)], refusals(report)) == ([5], [(3, "credit_limit")])


def test_an_error_of_a_spreadsheet_is_no_text(desk: Desk) -> None:
    report = desk.customers_from(sheet(desk.folder, ["K-1", "#N/A", 5, 0]))
    assert str(report.refused[0]).startswith("line 2, K-1, Company name (column “Name”): The cell holds #N/A")


@pytest.mark.parametrize("size", ["A1", "A1:B2", "A1:ZZ900000"])
def test_a_wrong_dimension_changes_nothing(desk: Desk, size: str) -> None:
    path = sheet(desk.folder, ["K-1", "A", 5, 0, None, None, None], ["K-2", "B", 5, 0])
    altered(path, "xl/worksheets/sheet1.xml", '<dimension ref="A1:G3" />', f'<dimension ref="{size}" />')
    assert desk.customers_from(path).created == 2


def test_rows_of_a_spreadsheet_may_be_shorter_and_end_in_blanks(desk: Desk) -> None:
    path = sheet(
        desk.folder,
        ["K-1", "A", 5, 0],
        ["K-2", "B", 5, 0, None, None, None, " ", None],
        [None],
        ["K-3", "C", 5, 0, *" x y z"],
    )
    report = desk.customers_from(path)
    assert (report.created, refusals(report)) == (2, [(5, "")])


def test_days_of_a_spreadsheet_are_read_whether_they_look_like_days_or_not(desk: Desk) -> None:
    a_customer(desk.engine, customer_code="K-1")
    rows = (
        ["K-1", "A", datetime(2026, 1, 2), date(2026, 2, 3), 10],  # noqa: DTZ001  a spreadsheet has no zone
        ["K-1", "B", 46024, 46056, 10],
        ["K-1", "C", "02/01/2026", "03/02/2026", 10],
        ["K-1", "D", 0.5, 99999999, 10],
    )
    mapping = desk.file("m.toml", BILL_MAPPING)
    path = sheet(desk.folder, *rows, heading=BILL_HEADING)
    report = desk.invoices_from(path, mapping)
    days = [(row.issued_on, row.due_on) for row in desk.rows(Invoice)]
    assert days == [(date(2026, 1, 2), date(2026, 2, 3))] * 3
    assert {row.field for row in report.refused} == {"issued_on", "due_on"}


@pytest.mark.parametrize(
    ("part", "was", "becomes"),
    [
        ("xl/worksheets/sheet1.xml", "</sheetData>", "</sheetDat>"),
        ("xl/worksheets/sheet1.xml", 'r="2"', 'r="two"'),
        ("xl/worksheets/sheet1.xml", '<c r="C2"', '<c r="A1"'),
        ("xl/_rels/workbook.xml.rels", "Target=", "Targets="),
        ("xl/workbook.xml", "<sheets>", "<sheets"),
        ("xl/worksheets/sheet1.xml", '<c r="C2"', '<c t="s" r="C2"'),
    ],
)
def test_a_damaged_spreadsheet_is_one_sentence_and_nothing_of_it_is_written(
    desk: Desk, part: str, was: str, becomes: str
) -> None:
    path = altered(sheet(desk.folder, ["K-1", "A", 5, 0]), part, was, becomes)
    with pytest.raises(Rejected, match="is not an XLSX spreadsheet"):
        desk.customers_from(path)
    assert desk.rows(Customer) == []


def test_a_file_that_breaks_off_writes_no_row_at_all(desk: Desk) -> None:
    rows = [f"K-{n},Name,5,0,,," for n in range(2500)]
    with pytest.raises(Rejected, match="is not CSV at line 2502"):
        desk.customers(*rows, 'K-x,"open,5,0,,,')
    assert desk.rows(Customer) == []


def test_a_pipe_a_folder_and_a_device_are_no_files(desk: Desk) -> None:
    os.mkfifo(desk.folder / "pipe.csv")
    for path in (desk.folder / "pipe.csv", desk.folder, Path("/dev/zero")):
        with pytest.raises(Rejected, match="a folder, a pipe or a device"):
            desk.customers_from(path)
        with pytest.raises(Rejected, match="a folder, a pipe or a device"):
            customer_mapping(path)


def test_a_file_that_changes_while_it_is_read_is_taken_as_it_was(desk: Desk) -> None:
    rows = [f"K-{n},Before,5,0,,," for n in range(1500)]

    def rewrite(_rows: int) -> None:
        desk.file("customers.csv", "\n".join([HEADING, *(row.replace("Before", "After") for row in rows)]))

    desk.customers(*rows, progress=rewrite)
    assert {row.company_name for row in desk.rows(Customer)} == {"Before"}


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "01/01/1900", "01/01/2100"])
def test_a_day_far_off_is_refused(desk: Desk, day: str) -> None:
    a_customer(desk.engine, customer_code="K-1")
    report = desk.invoices(f"K-1,A-1,02/01/2026,{day},10,,", f"K-1,A-2,{day},{day},10,,")
    assert all("too far off" in row.reason or "before it is issued" in row.reason for row in report.refused)
    assert report.refused_rows == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fields = 3", "“fields” as a table"),
        ('fields = { customer_code = "ID" }', "either a column or a constant"),
        (MAPPING + "city = { column = 5 }", "“column” as a text"),
        (MAPPING + "city = { column = 'City', values = 'x' }", "“values” as a table"),
        (MAPPING + "city = { column = 'City', values = { a = 3 } }", "“a” as a text"),
        (MAPPING + "city = { constant = 'a\\u0000' }".replace("'", '"'), "control character"),
        ('create_customers = "yes"\n' + MAPPING, "create_customers must be true or false"),
        ("new_class = 5\n" + MAPPING, "new_class must be a table"),
        (MAPPING + CLASS.replace("9", "4000000"), "net_days must be a whole number from 0 to 365"),
        (MAPPING + CLASS.replace("9", "true"), "net_days must be a whole number"),
        (MAPPING + CLASS.replace("net_days = 9", ""), "needs net_days"),
        (MAPPING + CLASS + 'currency = "XXX"', "currency “XXX”"),
        (MAPPING + CLASS + "currency = 3", "“currency” as a text"),
        (MAPPING + CLASS + f'business_model = "{"x" * 61}"', "more than 60 characters"),
        ('delimiter = ";;"\n' + MAPPING, "one character such as"),
        ('delimiter = ""\n' + MAPPING, "one character such as"),
        ('delimiter = "\\n"\n' + MAPPING, "one character such as"),
        ('encoding = "rot13"\n' + MAPPING, "does not exist for texts"),
        ('encoding = "base64"\n' + MAPPING, "does not exist for texts"),
        ('encoding = "undefined"\n' + MAPPING, "in which no file of texts is written"),
        ('date_format = "%d%d%Y"\n' + MAPPING, "day, month and year once each"),
        ('date_format = "%m.%Y"\n' + MAPPING, "day, month and year once each"),
        ('date_format = "%"\n' + MAPPING, "day, month and year once each"),
        ("skip_rows = -1\n" + MAPPING, "skip_rows must be a whole number"),
        ('decimal = "x"\n' + MAPPING, "decimal must be one of"),
        ('decimal = ","\nthousands = ","\n' + MAPPING, "same mark"),
        ('factor = "0"\n' + MAPPING, "factor must lie between"),
        ("a = " + "[" * 3000 + "]" * 3000, "is not TOML"),
        ("a = " + "9" * 5000, "is not TOML"),
    ],
)
def test_a_mapping_of_a_wrong_kind_is_one_sentence(desk: Desk, text: str, sentence: str) -> None:
    with pytest.raises(Rejected, match=sentence):
        desk.customers(GOOD, mapping=text)
    assert [row.name for row in desk.rows(CustomerClass)] == ["Homes"]


NAMES = st.sampled_from(
    ["column", "constant", "values", "otherwise", "name", "net_days", "currency", "blank", "factor", "decimal", "a"]
)
TOML = st.recursive(
    st.sampled_from(["ID", "Name", "", ";", ",", "%d.%m.%Y", "%", "utf-16", "utf-7", "x" * 300, "-1", "Homes", "clear"])
    | st.integers(-5, 5_000_000)
    | st.booleans()
    | st.dates()
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["date_format", "encoding", "delimiter", "sheet", "stop_at", "skip_rows", "blank", "factor", "decimal", "thousands",
     "negative", "currency_sign", "new_class", "create_customers", "customer"]
)  # fmt: skip


def toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            signs = "".join(sign if sign.isalnum() or sign in " .,;%-_" else f"\\U{ord(sign):08X}" for sign in value)
            return f'"{signs}"'
        case dict():
            return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
    return str(value)


def below_a_heading(text: str) -> bytes:
    return f"{HEADING}\n{GOOD}\n{text}".encode("utf-8", "ignore")


@settings(max_examples=examples(80))
@given(
    options=st.dictionaries(KEYS, TOML, max_size=3),
    field=st.sampled_from(["city", "balance", "currency", "customer_code", "customer_class", "billing_zone"]),
    rule=TOML,
    content=st.binary(max_size=200) | st.text(max_size=120).map(below_a_heading),
    name=st.sampled_from(["a.csv", "a.csv.gz", "a.xlsx"]),
)
def test_no_mapping_and_no_file_gives_a_traceback(
    fuzz_desk: Desk, options: dict[str, Any], field: str, rule: Any, content: bytes, name: str
) -> None:
    kept = "\n".join(line for line in MAPPING.splitlines() if not line.startswith((f"{field} ", "[fields]")))
    told = "".join(f"{key} = {toml(value)}\n" for key, value in options.items())
    mapping = f"{told}[fields]\n{field} = {toml(rule)}\n{kept}"
    packed = gzip.compress(content, mtime=0) if name.endswith("gz") and len(content) % 2 else content
    with suppress(Refusal):
        fuzz_desk.customers_from(fuzz_desk.file(name, packed), mapping=mapping, dry_run=True)


@settings(max_examples=examples(40))
@given(at=st.floats(0, 1, exclude_max=True), noise=st.binary(min_size=1, max_size=6), part=st.integers(0, 12))
def test_no_damage_of_a_spreadsheet_gives_a_traceback(fuzz_desk: Desk, at: float, noise: bytes, part: int) -> None:
    path = sheet(fuzz_desk.folder, ["K-1", "A", 5, datetime(2026, 1, 2)], ["K-2", "B", 5.5, 0])  # noqa: DTZ001
    with zipfile.ZipFile(path) as packed:
        parts = {one.filename: packed.read(one) for one in packed.infolist()}
    name = sorted(parts)[part % len(parts)]
    place = int(len(parts[name]) * at)
    parts[name] = parts[name][:place] + noise + parts[name][place + len(noise) :]
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        for each, content in parts.items():
            packed.writestr(each, content)
    broken = bytearray(whole.getvalue())
    if part > 10:
        broken[int(len(broken) * at)] ^= 255
    with suppress(Refusal):
        fuzz_desk.customers_from(fuzz_desk.file("a.xlsx", bytes(broken)), dry_run=True)


@pytest.fixture(scope="module")
def fuzz_desk(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with sqlite_databases.fresh() as url:
        engine = make_engine(url)
        yield Desk(engine, tmp_path_factory.mktemp("fuzz"))
        engine.dispose()
