"""Whole cards: customers with something in every declared field beside them, and what stands there, table by table."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from data_access.base.measured_parameters import MeasuredParameter
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import fold
from data_access.domain.entered.card_columns import CARD
from data_access.domain.entered.custom_fields import name_of
from data_access.domain.references import REFERRED
from data_access.fields.field import Field
from data_access.fields.section import FieldSection
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomKind, CustomValue
from data_access.models.card.dialing import AbbreviatedNumber
from data_access.models.card.fraud import FraudProtection
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import ThresholdKind, WarningThreshold
from data_access.models.customers import Account, Customer
from data_access.models.numbers import Did
from data_access.models.people import Reseller
from data_access.models.usage.measuring import MeasuredService
from data_access.models.usage.tariffs import Tariff, TariffRate
from data_access.services.facts.custom_values import made_of, new_values
from data_access.services.section_edit import keyed
from data_access.store.bulk import BulkLoad, bulk_load
from tests.support.declared import example
from tests.support.rows import arrangement

BY_FILES = {Account, Customer, CustomerClass, Reseller}  # come with the files themselves
RECORDS = {one.model: one.column for one in REFERRED.values() if one.model not in BY_FILES}
TEXTS = {
    CustomKind.TEXT: "=1+1 Ö", CustomKind.NUMBER: "-12.5", CustomKind.DATE: "2026-03-16", CustomKind.LIST: "b",
    CustomKind.DATE_TIME: "2026-03-16T12:00:00+00:00",
}  # fmt: skip
NOT_IN_POOL = ("customer_id", "account_id", "assigned_on", "charged_until")
Row = dict[str, Any]


def rows_of(load: BulkLoad, model: Any) -> Sequence[Any]:
    return load.connection.execute(select(*model.__table__.columns).order_by(model.id)).all()


def fill_cards(engine: Engine) -> None:
    """Fills in each section of every third customer, with each choice in turn, and the custom fields of all.

    Those get a row of each kind besides that the demo has none of.
    """
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        for model in RECORDS:
            if not rows_of(load, model):
                load.insert(model, [{"name": f"A {model.__name__}", "name_key": fold(f"A {model.__name__}")}])
        customers = rows_of(load, Customer)
        records = {name: rows_of(load, one.model) for name, one in REFERRED.items()}
        records["main_offices"] = [customers[6]]  # whose turn is that of a main office
        currencies = {row.id: row.currency for row in rows_of(load, CustomerClass)}
        for section in CARD:
            has = {row.customer_id for row in rows_of(load, section.model)}
            load.insert(section.model, [
                _filled(section, customer, turn, records) for turn, customer in enumerate(customers[::3])
                if customer.id not in has
                and (section.model is not FraudProtection or currencies[customer.customer_class_id])
            ])  # fmt: skip
        for model, row in (
            (AbbreviatedNumber, {"number": "119", "description": "=1+1"}),
            (MeasuredService, {"parameter": MeasuredParameter.ACTIVE_CALLS}),
            (WarningThreshold, {"kind": ThresholdKind.AMOUNT, "value": Decimal("12.5")}),
        ):
            has = {row.customer_id for row in rows_of(load, model)}
            load.insert(model, [row | {"customer_id": one.id} for one in customers[::3] if one.id not in has])
        _fill_custom(load, customers)
        load.complete({})


def _filled(section: FieldSection, customer: Any, turn: int, records: Mapping[str, Sequence[Any]]) -> Row:
    typed = {field.name: _text(field, customer, turn, records) for field in section}
    kept = {name: text for name, text in typed.items() if section[name].applies(typed)}
    values = section.judged(kept, beside=typed).sound()
    return keyed(section.model, values) | {"customer_id": customer.id}


def _text(field: Field, customer: Any, turn: int, records: Mapping[str, Sequence[Any]]) -> str:
    if field.name == "reference_number":
        return f"R-{customer.id}"
    if field.refers_to:
        fitting = (row.id for row in records.get(field.refers_to, ()) if _suits(field, row, customer))
        return str(next(fitting, ""))
    if field.choices or field.of:
        return [*field.options][turn % len(field.options)]
    return "12" if field.name in ("amount", "level") else example(field)


def _suits(field: Field, record: Any, customer: Any) -> bool:
    return field.name == "main_office_id" or getattr(record, "currency", customer.currency) == customer.currency


def _fill_custom(load: BulkLoad, customers: Sequence[Any]) -> None:
    mine: list[Row] = [
        {"name": f"My {kind.value}", "name_key": fold(f"My {kind.value}"), "kind": kind, "choices": "a\nb",
         "personal": kind is CustomKind.TEXT, "mandatory": kind is CustomKind.DATE}
        for kind in CustomKind
    ]  # fmt: skip
    load.insert(CustomField, mine)
    classes = rows_of(load, CustomerClass)
    load.insert(CustomFieldOfClass, [
        {"customer_class_id": of.id, "custom_field_id": row["id"]} for of in classes for row in mine
    ])  # fmt: skip
    fields = made_of([CustomField(start="", help="", **row) for row in mine])
    texts = {name_of(row["id"]): TEXTS[row["kind"]] for row in mine}
    load.insert(CustomValue, [
        {name: getattr(value, name) or "" for name in ("value", "sort_key", "personal_value", "personal_key")}
        | {"customer_id": customer.id, "custom_field_id": value.custom_field_id}
        for customer in customers for value in new_values(fields, customer.id, texts)
    ])  # fmt: skip


def copy_records(here: Engine, there: Engine) -> None:
    """What administrators keep, under other ids: no file of customers brings it."""
    with bulk_load(here, SYSTEM, arrangement()) as source, bulk_load(there, SYSTEM, arrangement()) as load:
        ids: dict[int, int] = {}
        for model in RECORDS:
            rows = [{**row._mapping} for row in reversed(rows_of(source, model))]
            old = [row.pop("id") for row in rows]
            load.insert(model, rows)
            if model is Tariff:
                ids = dict(zip(old, (row["id"] for row in rows), strict=True))
        load.insert(TariffRate, [
            {name: value for name, value in row._mapping.items() if name != "id"} | {"tariff_id": ids[row.tariff_id]}
            for row in rows_of(source, TariffRate)
        ])  # fmt: skip
        load.insert(Did, [
            {name: value for name, value in row._mapping.items() if name != "id"} | dict.fromkeys(NOT_IN_POOL)
            for row in rows_of(source, Did)
        ])  # fmt: skip
        load.complete({})


def enable_custom_fields(there: Engine) -> None:
    """Each custom field for each class."""
    with bulk_load(there, SYSTEM, arrangement()) as load:
        load.insert(CustomFieldOfClass, [
            {"customer_class_id": of.id, "custom_field_id": one.id}
            for of in rows_of(load, CustomerClass) for one in rows_of(load, CustomField)
        ])  # fmt: skip
        load.complete({})


def beside_customers(engine: Engine, kept_here: Mapping[str, str]) -> dict[tuple[str, str], dict[str, str]]:
    """By section and Customer ID every declared field as one would type it, records by their names.

    Without what a new record holds, without the fields that are kept here, and without who is gone for good.
    """
    with bulk_load(engine, SYSTEM, arrangement()) as load:
        codes = {
            row.id: row.customer_code for row in rows_of(load, Customer)
            if row.bill_status is not BillStatus.PERMANENTLY_TERMINATED
        }  # fmt: skip
        names = {
            name: {str(row.id): getattr(row, one.column) for row in rows_of(load, one.model)}
            for name, one in REFERRED.items()
        }  # fmt: skip
        return {
            (section.name, codes[row.customer_id]): told
            for section in CARD for row in rows_of(load, section.model)
            if row.customer_id in codes and (told := _told(section, row, names, kept_here))
        } | {
            (names["custom_fields"][f"{row.custom_field_id}"], codes[row.customer_id]): {
                column: getattr(row, column) for column in ("value", "sort_key", "personal_value", "personal_key")
            }
            for row in rows_of(load, CustomValue) if row.customer_id in codes
        }  # fmt: skip


def _told(section: FieldSection, row: Any, names: Mapping[str, Mapping[str, str]], kept: Mapping[str, str]) -> Row:
    blank = section.unwritten()
    typed = section.typed(section.values(row))
    return {
        name: names.get(section[name].refers_to, {}).get(text, text) for name, text in typed.items()
        if text != blank[name] and f"{section.name}.{name}" not in kept
    }  # fmt: skip
