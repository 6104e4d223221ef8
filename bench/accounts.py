"""Thirty thousand customers to measure with: the balances and limits of the real file, under made-up names."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.base.text.text_keys import fold
from data_access.migrations import upgrade
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.people import Person
from data_access.store import sign_ins
from data_access.store.access import new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import bulk_load, fold_counts

FILE = Path(__file__).resolve().parents[1] / "tests" / "data" / "credit-accounts.csv.gz"
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def fill(engine: Engine) -> str:
    """A new database with all of them and a manager; the token of the manager's session."""
    upgrade(engine)
    with bulk_load(
        engine, SYSTEM, CommandHeader(new_command_id(), "Measure", "", "to be measured", lambda: _FIRST)
    ) as load:
        load.insert(CustomerClass, [_class_row()])
        load.insert(Customer, [_customer_row(n, account) for n, account in enumerate(_accounts())])
        load.insert(Person, [_manager_row()])
        load.complete({})
    fold_counts(engine)
    return sign_ins.open_session(engine, 1, system_clock())


def _accounts() -> list[dict[str, str]]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _class_row() -> dict[str, Any]:
    return {"id": 1, "name": "Credit", "name_key": "credit", "business_model": "Credit"}


def _customer_row(n: int, account: dict[str, str]) -> dict[str, Any]:
    code, name = f"C{int(account['USER_ID']):06}", f"Customer {n * 7919 % 30_000:05}"
    return {
        "customer_code": code, "customer_code_key": fold(code), "company_name": name, "name_key": fold(name),
        "customer_class_id": 1, "balance_control": BalanceControl.POSTPAID, "currency": "TWD",
        "credit_limit": Decimal(account["CREDIT_LIMIT"]), "balance": Decimal(account["BILL_AMT1"]),
        "created_at": _FIRST + timedelta(minutes=n),
    }  # fmt: skip


def _manager_row() -> dict[str, Any]:
    return {
        "id": 1, "login": "manager", "login_key": "manager", "name": "Manager", "role": Role.MANAGER,
        "created_at": _FIRST,
    }  # fmt: skip
