"""Advanced search: every field and operation, what is refused, and the way to the permanently terminated."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.dialects import sqlite

from data_access.base import clock
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.domain.sections import ADDRESS_INFO
from data_access.domain.validation import WITHOUT_KEY
from data_access.fields.kinds import PHONE
from data_access.models.card.additional import AdditionalInfo, Distributor, OfficeType, Representative
from data_access.models.card.dialing import AbbreviatedNumber
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.card.service_configuration import ServiceConfiguration
from data_access.models.classes.customer_classes import SendStatistics
from data_access.models.numbers import NumberBatch
from data_access.queries.lists.counts import CountCustomers, HiddenMatches
from data_access.queries.lists.customers import FindCustomers
from data_access.search.advanced_filter import AdvancedFilter, closed_matches
from data_access.search.expression import Group, is_by_clock, parts_of, read_line, read_lines
from data_access.search.filter_params import Params
from data_access.search.filters import CustomerFilter
from data_access.search.operations import Operation
from data_access.search.search_fields import FIELDS
from tests.data_access.test_filters import FILTERS
from tests.support.builders import (
    a_class,
    a_customer,
    a_did,
    a_plan,
    a_promise,
    a_reseller,
    a_subscription,
    an_account,
    an_invoice,
    later,
)
from tests.support.people import NOW, access_for
from tests.support.rows import insert


def asked(*texts: str) -> AdvancedFilter:
    lines = [read_line(text) for text in texts]
    assert [line.complaint for line in lines] == [""] * len(lines)
    return AdvancedFilter(tuple(line.condition for line in lines if line.condition))


def found(engine: Engine, *texts: str) -> list[str]:
    return [row.customer_code for row in access_for(engine).fetch(FindCustomers(asked(*texts))).rows]


def rich(engine: Engine) -> None:
    """A customer in whom every field has a value, and a plain one beside it."""
    customer_id = a_customer(
        engine, customer_code="HIT-1", company_name="Aurora", first_name="Ada", last_name="Ek", middle_initial="B",
        salutation="Dr", address_line_1="Road 1%", address_line_2="c/o_x", city="Örebro", state="Närke",
        postal_code="70210", country="SE", contact="Ann", alt_contact="Bo", phone="+46 19 1", alt_phone="019-2",
        fax="019-3", email="a@aurora.example", bcc="b@aurora.example", description="A \"good\" one",
        balance=Decimal(1200), unallocated=Decimal(7), created_at=NOW, blocked=True,
        terminate_on=date(2026, 4, 1), reseller_id=a_reseller(engine, name="North"),
        customer_class_id=a_class(engine, name="Gold"), temporary_limit=Decimal(50),
        temporary_limit_until=NOW + timedelta(days=2),
    )  # fmt: skip
    an_invoice(engine, customer_id, number="2026-7", issued_on=date(2026, 1, 1), due_on=date(2026, 3, 10))
    an_account(engine, customer_id, account_code="4912345")
    a_did(engine, customer_id, number="4699887")
    a_subscription(engine, customer_id, plan_id=a_plan(engine, name="Fibre 100"))
    a_subscription(engine, customer_id, plan_id=a_plan(engine, name="Old DSL"), finished_on=later(-1))
    a_promise(engine, customer_id)
    insert(engine, SelfCareLogin, {"customer_id": customer_id, "login": "Ada", "login_key": "ada"})
    insert(
        engine,
        AdditionalInfo,
        {
            "customer_id": customer_id,
            "reference_number": "CRM-1",
            "reference_number_key": "crm-1",
            "tax_id": "DE 5",
            "representative_id": insert(engine, Representative, {"name": "Mia", "name_key": "mia", "phone": ""}),
            "distributor_id": insert(engine, Distributor, {"name": "West", "name_key": "west", "phone": ""}),
            "discount_rate": Decimal(10),
            "override_tariffs_enabled": True,
            "send_statistics": SendStatistics.SHORT,
            "did_batch_id": insert(engine, NumberBatch, {"name": "Berlin", "name_key": "berlin", "currency": "EUR"}),
            "office_type": OfficeType.BRANCH,
            "balance_transfer_allowed": True,
            "callshop_enabled": True,
            "main_office_id": a_customer(engine, customer_code="MAIN"),
        },
    )
    a_customer(engine, customer_code="OTHER", company_name="", balance=Decimal(-5), currency="USD", credit_limit=None)


PHONES = [field.name for field in ADDRESS_INFO if field.kind is PHONE]
FINDS = {
    "customer_id_or_name.begins_with": "hit", "customer_id.is": "hit-1", "customer_id.ends_with": "-1",
    "name.contains": "ROR", "name.matches": "aurora",
    "any_number.matches": "hit-1",
    "any_text.matches": "öreb aur", "any_text.contains": "aurora.example", "status.is": "blocked",
    "status.is_one_of": "blocked|suspended", "blocked.is": "yes", "customer_class.is": "gold",
    "customer_class.is_one_of": "gold|silver", "currency.is": "eur", "currency.is_one_of": "EUR|PLN",
    "balance_control.is": "postpaid", "balance.at_least": "1300", "balance.is": "1300",
    "outstanding.at_least": "93", "unallocated.at_most": "0", "credit_limit.at_most": "1000",
    "limit_in_force.is": "1050", "no_credit_limit.is": "no", "over_the_limit.is": "yes", "use_of_limit.at_least": "123",
    "use_of_limit.below": "124", "days_overdue.at_least": "6", "created.is": "2026-03-16",
    "created.after": "2026-03-15", "terminates.is": "2026-04-01", "terminates.before": "2026-04-02",
    "terminates.after": "2026-03-31", "terminates_in.at_most": "16", "has_invoices.is": "yes",
    "account_id.begins_with": "4912",
    "invoice_number.is": "2026-7", "did_number.ends_with": "887", "reseller.is": "north",
    "email.begins_with": "A@", "phone.begins_with": "+46 (19)", "country.is": "se", "company_name.is": "aurora",
    "salutation.is": "dr", "first_name.is": "ada", "last_name.is": "EK", "middle_initial.is": "b",
    "address_line_1.ends_with": "1%", "address_line_2.contains": "o_x", "city.is": "Örebro",
    "city.begins_with": "Ö", "state.contains": "rke", "postal_code.is": "70210", "contact.is": "ann",
    "alt_phone.is": "0192", "alt_contact.is": "bo", "alt_phone.contains": "-2",
    "fax.is": "019-3", "bcc.contains": "@aurora",
    "description.contains": "\"GOOD\"", "city.ends_with": "OREBRO", "state.begins_with": "NARK",
    "promise.is": "open", "promise.is_one_of": "kept|open",
    "subscription_plan.is": "fibre 100", "subscription_plan.is_one_of": "Fibre 100|Other",
    "reference_number.is": "CRM-1", "tax_id.begins_with": "de", "representative_id.is": "mia",
    "distributor_id.contains": "es", "discount_rate.at_least": "10", "override_tariffs_enabled.is": "yes",
    "send_statistics.is": "short", "did_batch_id.is": "berlin", "office_type.is": "branch", "main_office_id.is": "main",
    "balance_transfer_allowed.is": "yes", "callshop_enabled.is": "yes", "self_care_login.is": "ADA",
    "temporary_limit_ends.before": "2026-03-19", "temporary_limit_ends.after": "2026-03-17",
    "billing_zone.is": "UTC", "billing_period.is_none_of": "weekly|daily", "name.does_not_contain": "Blue",
    "balance_change.below": "99999",
    "created.between": "2026-03-16|2026-03-17", "terminates.is_not_empty": "", "discount_rate.between": "5|10",
    "promise.is_not": "broken",
}  # fmt: skip
MISSES = {
    "customer_id.begins_with": "it", "name.matches": "ror", "any_text.begins_with": "aurora öre",
    "status.is": "active", "balance.at_most": "1299.99999",
    "use_of_limit.at_least": "124",
    "days_overdue.at_least": "7", "days_overdue.at_most": "5", "created.before": "2026-03-16",
    "created.after": "2026-03-16", "terminates.before": "2026-04-01", "has_invoices.is": "no",
    "city.contains": "%", "address_line_2.contains": "ooo", "fax.is_empty": "", "email.is_empty": "",
    "account_id.is_empty": "", "reseller.is": "-", "lift_ends.at_most": "30", "terminates_in.at_most": "15",
    "reference_number.is": "CRM-2", "representative_id.is_empty": "", "discount_rate.at_most": "9.99",
    "promise.is": "broken", "subscription_plan.is": "Old DSL", "temporary_limit_ends.before": "2026-03-18",
    "temporary_limit_ends.after": "2026-03-18", "temporary_limit_ends.is_empty": "",
}  # fmt: skip


def test_each_condition_finds_what_it_says_and_nothing_else(engine: Engine) -> None:
    rich(engine)
    wrong = {text for text, value in FINDS.items() if "HIT-1" not in found(engine, f"{text}.{value}")}
    wrong |= {text for text, value in MISSES.items() if "HIT-1" in found(engine, f"{text}.{value}")}
    assert wrong == set()


def test_a_condition_asks_the_same_of_an_instant_that_is_handed_in_later() -> None:
    """Or it is known that it does not: its statement is then made for each look."""
    texts = [f"{text}.{value}" for text, value in (FINDS | MISSES).items()]
    whole = [text for text in texts if not is_by_clock(asked(text).conditions)]
    assert len(texts) > len(whole) > 80
    assert [sent_to_sqlite(text, clock.NOW) for text in whole] == [sent_to_sqlite(text, NOW) for text in whole]


def sent_to_sqlite(text: str, now: Any) -> tuple[str, list[Any]]:
    """What a condition is in SQL, and its values at an instant."""
    compiled = asked(text).conditions[0].where(now).compile(dialect=sqlite.dialect())
    values = compiled.construct_params({"now": NOW})
    return str(compiled), [values[name] for name in compiled.positiontup or ()]


def test_conditions_must_all_hold(engine: Engine) -> None:
    rich(engine)
    assert found(engine, "blocked.is.yes", "balance.at_least.1300") == ["HIT-1"]
    assert found(engine, "blocked.is.yes", "balance.at_least.1301") == []


BESIDE = sorted(name for name, field in FIELDS.items() if ": " in field.label)


def test_each_operation_of_each_field_beside_a_customer_can_be_asked(engine: Engine) -> None:
    a_customer(engine)
    texts = ("7", "yes", "2026-03-16", "DE", "EUR", "Berlin")

    def example(name: str, operation: Operation) -> str:
        field = FIELDS[name]
        one = next(text for text in (*field.choices, *texts) if not read_line(f"{name}.is.{text}").complaint)
        return f"{name}.{operation}.{'|'.join([one, one]) if operation is Operation.BETWEEN else one}"

    asked_for = [example(name, operation) for name in BESIDE for operation in FIELDS[name].asks]
    access, starts = access_for(engine), range(0, len(asked_for), 40)
    groups = [Group(parts_of(read_lines(asked_for[first : first + 40]))) for first in starts]
    assert sum(len(group.parts) for group in groups) == len(asked_for) > 300
    assert {access.fetch(CountCustomers(AdvancedFilter((group,)))) for group in groups} <= {0, 1}


def test_what_was_never_kept_is_as_it_is_by_default(engine: Engine) -> None:
    on = a_customer(engine, customer_code="ON")
    a_customer(engine, customer_code="AS-CLASS")
    insert(engine, ServiceConfiguration, {"customer_id": on, "call_parking": True})
    insert(engine, AdditionalInfo, {"customer_id": on, "callshop_enabled": True})
    assert found(engine, "service_configuration_call_parking.is.yes") == ["ON"]
    assert found(engine, "service_configuration_call_parking.is.no") == []
    assert found(engine, "service_configuration_call_parking.is_empty.") == ["AS-CLASS"]
    assert found(engine, "callshop_enabled.is.no") == ["AS-CLASS"]


def test_rows_that_were_taken_away_are_not_found(engine: Engine) -> None:
    customer_id = a_customer(engine, customer_code="HIT")
    row = {"customer_id": customer_id, "number": "12", "target": "4930", "description": "Home"}
    insert(engine, AbbreviatedNumber, row | {"removed_at": NOW})
    assert found(engine, "abbreviated_number_number.is.12") == []
    insert(engine, AbbreviatedNumber, row)
    assert found(engine, "abbreviated_number_number.is.12") == ["HIT"]


def test_each_field_is_proven() -> None:
    proven = {text.split(".")[0] for text in (*FINDS, *MISSES)} | set(BESIDE)
    proven |= {"available_funds", "overdue_amount", "balance_change", "lift_until", "broken_promises"}  # in expressions
    proven |= {"tag"}  # with its commands
    assert set(FIELDS) - {"limitation_lift_until"} == proven | set(WITHOUT_KEY)  # the texts are found one by one below
    assert {"name.matches", "any_text.matches"} <= set(FINDS)


def test_each_text_is_found_whatever_its_case_and_accents(engine: Engine) -> None:
    names = ("city", *WITHOUT_KEY)
    a_customer(engine, customer_code="HIT", **{name: "+46 (19) 12-0" if name in PHONES else "Éi Å" for name in names})
    a_customer(engine, customer_code="OTHER", **{name: "+46 20" if name in PHONES else "Ie B" for name in names})
    numbers = {"is": "4619 120", "begins_with": "4619", "contains": "9-12", "ends_with": "120"}
    words = {"is": "EI  a", "begins_with": "ei", "contains": "I A", "ends_with": "a"}
    asked_for = [
        f"{name}.{way}.{text}" for name in names for way, text in (numbers if name in PHONES else words).items()
    ]
    assert [text for text in asked_for if found(engine, text) != ["HIT"]] == []


def test_the_empty_are_found(engine: Engine) -> None:
    rich(engine)
    for name in ("city", "email", "phone", "account_id", "did_number", "terminates", "temporary_limit_ends"):
        assert found(engine, f"{name}.is_empty.") == ["MAIN", "OTHER"]


def test_a_raised_limit_that_has_ended_is_no_raised_limit(engine: Engine) -> None:
    a_customer(engine, customer_code="ENDED", temporary_limit=Decimal(50), temporary_limit_until=NOW)
    assert found(engine, "temporary_limit_ends.before.2026-04-01") == []
    assert found(engine, "temporary_limit_ends.after.2026-03-01") == []
    assert found(engine, "temporary_limit_ends.is_empty.") == ["ENDED"]


def test_the_permanently_terminated_are_found_by_their_status_only(engine: Engine) -> None:
    a_customer(engine, customer_code="gone", bill_status=BillStatus.PERMANENTLY_TERMINATED)
    assert found(engine) == found(engine, "customer_id.is.gone") == []
    assert found(engine, "status.is.permanently_terminated") == ["gone"]
    assert found(engine, "status.is_one_of.active|permanently_terminated") == ["gone"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shoe_size.is.44", "shoe_size"),
        ("balance.contains.5", "contains"),
        ("balance.at_least.lots", "Balance"),
        ("created.before.2026-02-31", "Customer since"),
        ("status.is.happy", "Status"),
        ("name.is.a\0b", "Name"),
        ("", "“”"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(text: str, said: str) -> None:
    line = read_line(text)
    assert line.condition is None
    assert said in line.complaint


def test_a_condition_without_a_value_waits() -> None:
    line = read_line("balance.at_least.")
    assert line.waits
    assert (line.field, line.operation) == ("balance", "at_least")


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_a_complaint(text: str) -> None:
    line = read_line(text)
    assert line.waits or bool(line.complaint) != bool(line.condition)


@given(st.sampled_from(sorted(FIELDS)), st.data())
def test_a_condition_is_written_as_it_was_read(name: str, data: Any) -> None:
    operation = data.draw(st.sampled_from(list(FIELDS[name].asks)))
    value = (
        "" if operation is Operation.IS_EMPTY else data.draw(st.sampled_from(["yes", "EUR", "5", "2026-03-01", "a.b"]))
    )
    line = read_line(f"{name}.{operation}.{value}")
    if line.condition:
        assert read_line(str(line.condition)).condition == line.condition
        assert AdvancedFilter((line.condition,)).describe()


def test_an_analyst_is_refused_personal_fields_and_may_ask_the_rest(engine: Engine) -> None:
    access = access_for(engine, Role.ANALYST)
    for name in ("name", "city", "email", "phone", "description", "customer_id_or_name"):
        with pytest.raises(NotPermitted, match="see personal data"):
            access.fetch(CountCustomers(asked(f"{name}.contains.1")))
    assert access.fetch(CountCustomers(asked("customer_id.contains.1", "country.is.SE"))) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"q": ["aur"]}, {"q": ["gone"], "match": ["contains"], "fields": ["customer_id", "email"]},
        {"currency": ["EUR"]}, {"overdue_over": ["3"]}, {"created_from": ["2026-03-16"]},
        {"created_to": ["2026-03-16"]}, {"limit": ["over"]}, {"used_from": ["80"]}, {"status": ["active"]},
        {"customer_class": ["Gold"]}, {"invoices": ["yes"]}, {"reseller": ["-"]}, {"balance_from": ["0"]},
    ],
    ids=str,
)  # fmt: skip
def test_hidden_matches_are_found_by_the_way_shown(engine: Engine, params: Params) -> None:
    gone = {"bill_status": BillStatus.PERMANENTLY_TERMINATED, "created_at": NOW}
    customer_id = a_customer(
        engine, customer_code="gone", company_name="Aurora", customer_class_id=a_class(engine, name="Gold"),
        balance=Decimal(2000), **gone,
    )  # fmt: skip
    an_invoice(engine, customer_id, due_on=date(2026, 3, 1))
    a_customer(engine, customer_code="other", currency="USD", credit_limit=None, **gone)
    chosen, unread = CustomerFilter.from_params(params)
    access = access_for(engine)
    shown = access.fetch(FindCustomers(closed_matches(chosen))).rows
    assert not unread
    assert len(shown) == access.fetch(HiddenMatches(chosen)) >= 1


@given(FILTERS)
def test_every_filter_has_a_way_to_its_hidden_matches(chosen: CustomerFilter) -> None:
    assert closed_matches(chosen).names_the_closed
