"""Usage without a price and samples brought in by a file: the examples, what is refused, and that nothing is twice."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.usage.rating import Use
from data_access.imports.batches import Run
from data_access.imports.report import Report
from data_access.imports.usage.samples import import_samples, sample_mapping
from data_access.imports.usage.unrated import import_usage, usage_mapping
from data_access.models.money import Transaction
from data_access.models.usage.measuring import MeasuredSample
from data_access.queries.services.unrated import PricesOf, UsedBefore
from tests.support.builders import a_class, a_customer, an_account
from tests.support.people import NOW, a_person, access_for
from tests.support.tariffs import a_rate, a_tariff

D = Decimal
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
USAGE, SAMPLES = EXAMPLES / "usage.csv", EXAMPLES / "samples.csv"


def a_caller(engine: Engine) -> int:
    tariff = a_tariff(engine, {"1": "0.01"}, name="Standard")
    a_rate(engine, tariff, price=D("0.06"), message_price=D("0.07"))
    customer = a_customer(
        engine, customer_code="EX-1001", customer_class_id=a_class(engine, currency="EUR", tariff_id=tariff)
    )
    an_account(engine, customer, account_code="line-1")
    return customer


def brought_in(engine: Engine, file: Path, *more: str, role: Role = Role.ADMIN, dry_run: bool = False) -> Report:
    """The example, by its own mapping, with more rows."""
    path, is_usage = file, file is USAGE
    if more:
        path = Path(mkdtemp()) / file.name
        path.write_text(file.read_text() + "\n".join(more))
    mapping = (usage_mapping if is_usage else sample_mapping)(file.with_suffix(".toml"))
    run = Run(engine, a_person(engine, role), lambda: NOW, path, mapping, "Import", dry_run)
    return (import_usage if is_usage else import_samples)(run)


def amounts(engine: Engine) -> list[tuple[str, Decimal]]:
    with Session(engine) as session:
        rows = session.scalars(select(Transaction).where(Transaction.reference != "").order_by(Transaction.id))
        return [(row.reference, row.amount) for row in rows]


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(remark.line, remark.field, remark.reason) for remark in report.refused]


def test_the_example_of_usage_is_rated_and_booked_once(engine: Engine) -> None:
    a_caller(engine)
    assert brought_in(engine, USAGE, dry_run=True).created == 3
    assert amounts(engine) == []
    assert brought_in(engine, USAGE).created == 3
    assert amounts(engine) == [("c-1", D("0.061")), ("c-2", D("0.02")), ("m-1", D("0.14"))]
    again = brought_in(engine, USAGE)
    assert (again.created, again.unchanged, again.refused) == (0, 3, [])


def test_the_same_reference_with_another_length_is_reported_and_not_booked(engine: Engine) -> None:
    a_caller(engine)
    brought_in(engine, USAGE)
    (line,) = brought_in(engine, USAGE, "line-1,c-1,+49 151 2345678,90,,2026-03-16T08:00:00+00:00").differences
    assert "The file says 1.5 minutes, here it is 1.01667 minutes: nothing was booked." in str(line)
    assert len(amounts(engine)) == 3


@pytest.mark.parametrize("dry_run", [False, True])
def test_each_bad_row_is_told_at_its_field_and_the_good_ones_come_in(engine: Engine, dry_run: bool) -> None:
    a_caller(engine)
    report = brought_in(
        engine, USAGE,
        "line-1,c-4,+33 1 1111,60,,2026-03-16T08:00:00+00:00",
        "line-1,c-5,ann,60,,2026-03-16T08:00:00+00:00",
        "line-1,c-6,+49 1,60,1,2026-03-16T08:00:00+00:00",
        "line-1,c-7,+49 1,0,,2026-03-16T08:00:00+00:00",
        "line-1,c-8,+49 1,60,,2026-03-16 08:00",
        "line-1,c-9,+49 1,60,,2026-03-17T08:00:00+00:00",
        "line-9,c-10,+49 1,60,,2026-03-16T08:00:00+00:00",
        dry_run=dry_run,
    )  # fmt: skip
    assert report.created == 3
    assert sorted(told(report)) == [
        (5, "dialled", "No prefix of Standard fits 3311111."),
        (6, "dialled", "Write the number with its country code, of at most 15 digits: +49 151 23456."),
        (7, "seconds", "Give the seconds of a call, or how many messages were sent."),
        (8, "seconds", "Give a whole number from 1 to 2678400."),
        (9, "used_at", "Write a time with its zone, such as 2026-03-16T12:00:00+00:00."),
        (10, "used_at", "A service cannot have been used in the future."),
        (11, "account_code", "There is no account with this ID."),
    ]


def test_a_mapping_says_whose_usage_it_is_and_how_much(tmp_path: Path) -> None:
    columns = {name: f'{name} = {{ column = "{name}" }}' for name in ("reference", "dialled", "used_at", "seconds")}
    file = tmp_path / "usage.toml"
    for left_out, says in (("", "whose usage"), ("seconds", "how much was used")):
        rows = [text for name, text in columns.items() if name != left_out]
        whose = [] if not left_out else ['account_code = { column = "Line" }']
        file.write_text("\n".join(["[fields]", *rows, *whose]))
        with pytest.raises(Rejected, match=says):
            usage_mapping(file)


def test_the_example_of_samples_is_recorded_once(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="EX-1001")
    a_customer(engine, customer_code="gone", bill_status=BillStatus.EXPORTED)
    assert brought_in(engine, SAMPLES, dry_run=True).created == 2
    report = brought_in(
        engine, SAMPLES,
        "EX-1001,calls,2026-03-16T10:00:00+00:00,1", "EX-1001,faxes,2026-03-16T08:00:00+00:00,1",
        "EX-1001,calls,2026-03-16T08:00:00+00:00,-1", "gone,calls,2026-03-16T08:00:00+00:00,1",
        "EX-1001,extensions,2026-03-16T08:00:00+00:00,13",
    )  # fmt: skip
    assert report.created == 2
    assert sorted((line, field) for line, field, _ in told(report)) == [
        (4, "counted_at"), (5, "parameter"), (6, "value"), (7, ""),
    ]  # fmt: skip
    assert [(remark.line, remark.field) for remark in report.differences] == [(8, "value")]
    assert brought_in(engine, SAMPLES).unchanged == 2
    with Session(engine) as session:
        rows = session.scalars(select(MeasuredSample).order_by(MeasuredSample.id))
        assert [(row.customer_id, row.at, row.value) for row in rows] == [
            (customer, datetime(2026, 3, 1, tzinfo=UTC), 10), (customer, datetime(2026, 3, 16, 8, tzinfo=UTC), 12),
        ]  # fmt: skip


def test_imports_take_their_right_and_so_does_what_they_ask(engine: Engine) -> None:
    customer = a_caller(engine)
    for file in (USAGE, SAMPLES):
        with pytest.raises(NotPermitted):
            brought_in(engine, file, role=Role.MANAGER)
    access = access_for(engine, Role.ADMIN)
    asked = ((customer, Use("491", 60)), (customer, Use("33", 60)))
    assert access.fetch(PricesOf(asked)) == ("", "No prefix of Standard fits 33.")
    assert access.fetch(UsedBefore(frozenset({customer}), frozenset({"c-1"}))) == {}
