"""Files of every kind, broken off at each kind of place and gone on with: each row is brought in and told once."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import ImportState
from data_access.commands.imports.runs import BringFileIn, CancelImport, TryFile
from data_access.domain.entered.card_columns import ROWS
from data_access.imports import batches
from data_access.imports.kept.carrying import carry_on
from data_access.imports.kept.uploads import keep_file
from data_access.imports.kinds import KINDS
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.dialing import Dialing
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.money import Invoice, Transaction
from data_access.models.numbers import Did
from data_access.models.usage.measuring import MeasuredSample
from data_access.models.usage.tariffs import TariffRate
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.imports.runs import ImportOfFile
from data_access.store.access import Access, new_command_id
from data_access.store.bulk import BulkLoad
from data_access.store.unit_of_work import UnitOfWork
from tests.support.builders import (
    a_class,
    a_customer,
    a_did,
    a_discount_plan,
    a_plan,
    a_top_up_option,
    an_account,
)
from tests.support.people import NOW, access_for
from tests.support.rows import insert
from tests.support.tariffs import a_tariff

ROWS_OF_FILE = 4  # in batches of one: the second and the third are broken off
_OWN = 'customer_code = { column = "Customer ID" }\n'


def _mapping(**columns: str) -> str:
    return "[fields]\n" + _OWN + "".join(f'{name} = {{ column = "{column}" }}\n' for name, column in columns.items())


FILES: dict[str, tuple[Any, str, str, str]] = {
    "customers": (
        Customer,
        _mapping(customer_class="Class", balance_control="Pays", currency="EUR", balance="Owes", credit_limit="Limit"),
        "Customer ID,Class,Pays,EUR,Owes,Limit", "N-{0},Homes,postpaid,EUR,{0},9",
    ),
    "classes": (CustomerClass, '[fields]\nname = { column = "Name" }', "Name", "Boats {0}"),
    "invoices": (
        Invoice,
        _mapping(number="Number", issued_on="From", due_on="Due", total="Total", currency="Currency"),
        "Customer ID,Number,From,Due,Total,Currency", "K-{0},I-{0},2026-03-01,2026-04-01,5,EUR",
    ),
    "charges": (
        Transaction, _mapping(reference="Ref", amount="Cost", service="For", used_on="Day"),
        "Customer ID,Ref,Cost,For,Day", "K-{0},r-{0},0.5,Calls,2026-03-15",
    ),
    "usage": (
        Transaction, _mapping(reference="Ref", dialled="To", seconds="Seconds", used_at="At"),
        "Customer ID,Ref,To,Seconds,At", "K-{0},r-{0},+49 151 2345678,61,2026-03-16T08:00:00+00:00",
    ),
    "samples": (
        MeasuredSample, _mapping(parameter="What", counted_at="At", value="Value"),
        "Customer ID,What,At,Value", "K-{0},active_calls,2026-03-01T00:00:00+00:00,{0}",
    ),
    "rates": (TariffRate, "", "Tariff,Prefix,Destination,Price a minute", "Usual,4{0},Place {0},0.05"),
    "dids": (
        Did, "", "DID number,Country of the number,Vendor cost,Vendor currency,Fee,Currency of the fee",
        "+49 30 555550{0},DE,1,EUR,2,EUR",
    ),
    "accounts": (None, "", "Customer ID,Account ID,Kind of account,Product", "K-{0},N-{0},phone_line,Line"),
    "account-features": (None, "", "Customer ID,Account,Call parking", "K-{0},A-{0},yes"),
    "abbreviated-numbers": (
        None, "", "Customer ID,Abbreviated number,Number to dial", "K-{0},3{0},+49 30 1234567",
    ),
    "discounts": (None, "", "Customer ID,Volume discount plan,Counts from", "K-{0},Volume,2026-03-16"),
    "measured-services": (None, "", "Customer ID,Measured parameter", "K-{0},active_calls"),
    "override-tariffs": (None, "", "Customer ID,Original tariff,Override tariff", "K-{0},Usual,Own"),
    "quotas": (None, "", "Customer ID,Service,Unit,Allowance,Renewal", "K-{0},Calls,minutes,100,monthly"),
    "tags": (CustomerTag, "", "Customer ID,Tag", "K-{0},VIP"),
    "warning-thresholds": (None, "", "Customer ID,Kind of threshold,Threshold", "K-{0},amount,1{0}"),
    "subscriptions": (None, "", "Customer ID,Subscription plan,Started on", "K-{0},Fibre,2026-03-16"),
    "top-ups": (
        None, "", "Customer ID,Top-up,Topped up on,Can be used until,Left", "K-{0},Minutes,2026-03-01,2026-04-09,50",
    ),
    "customer-dids": (
        Did, "", "Customer ID,DID number,Account,Assigned on", "K-{0},4930111111{0},A-{0},2026-03-01",
    ),
    "self-care-logins": (None, "", "Customer ID,Account,Login", "K-{0},A-{0},login-{0}"),
    "notes": (None, "", "Customer ID,Written at,Author,Note", "K-{0},2026-03-01T12:00:00Z,bob,Likes tea."),
    "planned-changes": (
        None, "", "Customer ID,Planned status change,Planned for,Reason",
        "K-{0},provisionally_terminate,2026-04-01,Moves out.",
    ),
}  # fmt: skip


class Killed(BaseException):
    """What nobody catches."""


@pytest.fixture(autouse=True)
def a_row_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 1)


@pytest.fixture
def access(engine: Engine) -> Access:
    """A desk with a customer for each row, and all that a row of any kind refers to."""
    tariff = a_tariff(engine, {"1": "0.01", "491": "0.06"}, name="Usual")
    a_tariff(engine, name="Own")
    homes = a_class(engine, name="Homes", currency="EUR", net_days=21, tariff_id=tariff)
    a_discount_plan(engine, name="Volume")
    a_plan(engine, name="Fibre")
    a_top_up_option(engine, name="Minutes")
    insert(engine, Tag, {"name": "VIP", "name_key": "vip"})
    for number in range(1, ROWS_OF_FILE + 1):
        customer_id = a_customer(engine, customer_code=f"K-{number}", customer_class_id=homes)
        insert(engine, Dialing, {"customer_id": customer_id, "longest": 3})
        insert(engine, AdditionalInfo, {"customer_id": customer_id, "override_tariffs_enabled": True})
        an_account(engine, customer_id, account_code=f"A-{number}")
        a_did(engine, number=f"4930111111{number}")
    return access_for(engine, Role.ADMIN)


def asked_for(access: Access, folder: Path, kind: str) -> int:
    _, mapping, heading, row = FILES[kind]
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([heading, *(row.format(number) for number in range(1, ROWS_OF_FILE + 1))]))
    import_id = keep_file(access, path).import_id
    access.execute(TryFile(import_id=import_id, kind=kind, mapping=mapping, command_id=new_command_id()))
    return import_id


def stands(engine: Engine, kind: str) -> int:
    """How many rows of what a file of this kind holds are there."""
    model = FILES[kind][0] or ROWS[kind].model
    with Session(engine) as session:
        rows = select(func.count()).select_from(model)
        return session.scalar(rows if kind != "customer-dids" else rows.where(Did.customer_id.is_not(None))) or 0


def entries(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(CommandLog)) or 0


def killed(monkeypatch: pytest.MonkeyPatch, system: Access, import_id: int, batch: int, *, is_done: bool) -> None:
    """Goes on, and is killed at the commit of its so manyth batch: just before it, or when it is done."""
    left = count(1)

    def dying(commit: Callable[..., None]) -> Callable[..., None]:
        def commits(*given: Any) -> None:
            is_last = next(left) == batch
            if is_done or not is_last:
                commit(*given)
            if is_last:
                raise Killed

        return commits

    with monkeypatch.context() as during:
        during.setattr(UnitOfWork, "keep", dying(UnitOfWork.keep))
        during.setattr(BulkLoad, "complete", dying(BulkLoad.complete))
        with pytest.raises(Killed):
            carry_on(system, import_id, lambda: True)


def test_every_kind_of_file_stands_here() -> None:
    assert FILES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", FILES)
def test_each_row_comes_in_once_and_is_told_as_it_was(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    engine, system = access.engine, Access(access.engine, SYSTEM, lambda: NOW)
    import_id = asked_for(access, tmp_path, kind)
    carry_on(system, import_id, lambda: True)
    trial, before = access.fetch(ImportOfFile(import_id)), stands(engine, kind)
    assert (trial.state, trial.counts["refused"], trial.why) == (ImportState.TRIED, 0, "")
    assert trial.counts["created"] == ROWS_OF_FILE
    access.execute(BringFileIn(import_id=import_id, trial=1, command_id=new_command_id()))
    first = entries(engine)

    killed(monkeypatch, system, import_id, batch=2, is_done=False)
    assert stands(engine, kind) == before + 1
    killed(monkeypatch, system, import_id, batch=1, is_done=True)
    assert stands(engine, kind) == before + 2

    def cancel() -> bool:
        access.execute(CancelImport(import_id=import_id, command_id=new_command_id()))
        return True

    carry_on(system, import_id, cancel)
    assert (access.fetch(ImportOfFile(import_id)).state, stands(engine, kind)) == (ImportState.CANCELLED, before + 3)
    access.execute(BringFileIn(import_id=import_id, trial=1, command_id=new_command_id()))
    carry_on(system, import_id, lambda: True)
    done = access.fetch(ImportOfFile(import_id))
    assert (done.state, done.says, stands(engine, kind)) == (ImportState.DONE, trial.says, before + ROWS_OF_FILE)
    assert entries(engine) == first + ROWS_OF_FILE + 3  # cancelled, asked for again, and ended
    assert system.fetch(VerifyChain()).holds
