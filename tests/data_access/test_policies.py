"""Terms of a class: judged as typed, a new version a change, and an open case keeps the version it began under."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.classes.classes import AddClass, DeleteClass, EditClass
from data_access.commands.classes.policies import AddHoliday, RemoveHoliday, SetPolicy
from data_access.commands.collections.collection import Collect
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.self_care import EditSelfCare
from data_access.domain.collections.policy import Policy
from data_access.domain.collections.terms import read_policy, typed
from data_access.models.classes.customer_classes import Rounding
from data_access.models.collection import CollectionPolicy, Section
from data_access.models.customers import Customer
from data_access.queries.classes.followers import ClassFollowers
from data_access.queries.classes.policies import Classes, ClassPolicies, ClassTerms, Holidays
from data_access.store.access import Access, Command, new_command_id
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import BEFORE

FRIDAY = date(2026, 6, 19)
INSTANT = timedelta(microseconds=1)


def admin(engine: Engine) -> Access:
    return access_for(engine, Role.ADMIN)


def terms_of(engine: Engine, class_id: int) -> ClassTerms:
    return admin(engine).fetch(ClassPolicies(class_id))


def set_policy(engine: Engine, class_id: int, number: int = 1, **terms: str) -> int:
    order = SetPolicy(
        customer_class_id=class_id, section=Section.REGULAR, number=number, typed=terms, command_id=new_command_id()
    )
    return admin(engine).execute(order).number


def set_class(engine: Engine, class_id: int, shown: Mapping[str, str] | None = None, **fields: str) -> int:
    order = EditClass(
        customer_class_id=class_id, version=1, shown=shown or {}, changes=fields, command_id=new_command_id()
    )
    return admin(engine).execute(order).version


def test_the_terms_are_read_as_they_are_typed() -> None:
    entered = {
        "net_days": "21", "reminders": "14, 7 3, 7", "resends": "0;7", "late_fee": "4.50", "limit_after": "",
        "suspend_after": "10", "suspend_notices": "1,3", "resume_at_threshold": "yes", "working_days_only": "no",
        "hour": "9",
    }  # fmt: skip
    assert read_policy(entered, Policy(limit_after=3)) == Policy(
        net_days=21, reminders=[3, 7, 14], resends=[0, 7], late_fee=Decimal("4.5"), suspend_after=10,
        suspend_notices=[1, 3], resume_at_threshold=True, working_days_only=False, hour=9,
    )  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [True, False, [3, 7], [], Decimal("4.50000"), None, 14],
    ids=["yes", "no", "days", "none", "fee", "blank", "n"],
)
def test_what_is_stored_reads_as_it_would_be_typed(value: object) -> None:
    told = {
        True: "yes", False: "no", "[3, 7]": "3, 7", "[]": "", Decimal("4.5"): "4.5", None: "", 14: "14"
    }  # fmt: skip
    assert typed(value) == told[str(value) if isinstance(value, list) else value]


@pytest.mark.parametrize(
    ("entered", "field", "says"),
    [
        ({"net_days": "-1"}, "net_days", "whole number from 0 to 365"),
        ({"reminders": "0"}, "reminders", "from 1 to 365"),
        ({"reminders": "20"}, "reminders", "due after 14 days"),
        ({"late_fee": "-1"}, "late_fee", "cannot be negative"),
        ({"late_fee": "1,500"}, "late_fee", "can be read as"),
        ({"limit_after": "5", "suspend_after": "4"}, "suspend_after", "5 days past due"),
        ({"suspend_after": "5", "terminate_after": "4"}, "terminate_after", "5 days past due"),
        ({"limit_after": "5", "terminate_after": "4"}, "terminate_after", "5 days past due"),
        ({"suspend_notices": "3"}, "suspend_notices", "nothing to announce"),
        ({"hour": "24"}, "hour", "from 0 to 23"),
        ({"working_days_only": "perhaps"}, "working_days_only", "yes or no"),
        ({"colour": "red"}, "colour", "cannot be set"),
    ],
)
def test_terms_that_break_a_rule_are_refused_at_their_field(entered: Mapping[str, str], field: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        read_policy(entered, Policy())
    assert list(refused.value.complaints) == [field]


def test_the_steps_may_fall_on_one_day() -> None:
    assert read_policy({"limit_after": "5", "suspend_after": "5", "terminate_after": "5"}, Policy()).suspend_after == 5


def test_a_change_is_a_new_version_and_the_old_one_stays(engine: Engine) -> None:
    of_class = a_class(engine, suspend_after=7)
    assert set_policy(engine, of_class, suspend_after="10") == 2
    terms = terms_of(engine, of_class)
    assert terms.current[Section.REGULAR].policy.suspend_after == 10
    assert terms.current[Section.OUT_OF_TURN].policy.suspend_after == 7
    regular = [(one.number, one.policy.suspend_after) for one in terms.versions if one.section is Section.REGULAR]
    assert regular == [(2, 10), (1, 7)]


def test_an_open_case_keeps_the_terms_it_began_under(engine: Engine) -> None:
    of_class = a_class(engine, suspend_after=3, working_days_only=False)
    customer = a_customer(engine, customer_class_id=of_class)
    an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    set_policy(engine, of_class, suspend_after="30")
    collect(engine, customer, datetime(2026, 6, 19, tzinfo=UTC))
    assert row(engine, customer).suspended_at == datetime(2026, 6, 19, tzinfo=UTC)


def collect(engine: Engine, customer_id: int, now: datetime) -> None:
    Access(engine, SYSTEM, lambda: now).execute(Collect(customer_id=customer_id, command_id=new_command_id()))


def row(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def test_the_terms_of_an_instant_are_the_last_made_by_then_and_before_all_of_them_the_first(engine: Engine) -> None:
    of_class, made = a_class(engine), (NOW, NOW, NOW + timedelta(days=1))
    for number, at in enumerate(made, start=1):
        Access(engine, a_person(engine, Role.ADMIN), lambda at=at: at).execute(
            SetPolicy(
                command_id=new_command_id(), customer_class_id=of_class, section=Section.REGULAR, number=number,
                typed={"net_days": str(number)},
            )
        )  # fmt: skip
    with Session(engine) as session:
        every = select(CollectionPolicy).where(CollectionPolicy.customer_class_id == of_class)
        versions = [one for one in session.scalars(every).all() if one.section is Section.REGULAR]
        moments = [at + off for at in (BEFORE, *made) for off in (-INSTANT, timedelta(), INSTANT)]
        by_then = [[one for one in versions if one.at <= at or one.number == 1] for at in moments]
        regular = every.where(CollectionPolicy.section == Section.REGULAR)
        held = [session.scalars(regular.where(CollectionPolicy.in_force(at))).one() for at in moments]
    assert held == [max(found, key=lambda one: one.number) for found in by_then]


def test_two_people_do_not_overwrite_each_others_terms(engine: Engine) -> None:
    of_class = a_class(engine)
    set_policy(engine, of_class, hour="8")
    with pytest.raises(Stale):
        set_policy(engine, of_class, number=1, hour="9")


def test_terms_that_are_the_same_make_no_version(engine: Engine) -> None:
    with pytest.raises(Rejected, match="Nothing was changed"):
        set_policy(engine, a_class(engine, hour=8), hour="8")


def test_parameters_of_a_class_are_changed_and_what_others_changed_stays(engine: Engine) -> None:
    of_class = a_class(engine)
    shown = terms_of(engine, of_class).typed
    fields = {
        "reactivation_window_days": "45",
        "rounding": "to_five",
        "issuer_name": " Fern ",
        "purge_after_months": "6",
    }
    assert set_class(engine, of_class, **fields) == 2
    told = terms_of(engine, of_class).typed
    assert (told["reactivation_window_days"], told["rounding"]) == ("45", Rounding.TO_FIVE.value)
    assert (told["issuer_name"], told["purge_after_months"], told["archive_after_months"]) == ("Fern", "6", "")
    assert set_class(engine, of_class, shown, description="Homes and gardens") == 3
    assert terms_of(engine, of_class).typed["issuer_name"] == "Fern"
    with pytest.raises(Stale):
        set_class(engine, of_class, shown, issuer_name="Moss")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reactivation_window_days": "0"}, "from 1 to 3650"),
        ({"rounding": "up"}, "rounding method"),
        ({"notices_from": "nobody"}, "not an e-mail address"),
        ({"currency": "EUR"}, "cannot be changed"),
        ({"name": " "}, "Give the name"),
        ({"rounding_decimals": "6"}, "from 0 to"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_refused(engine: Engine, fields: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        set_class(engine, a_class(engine), **fields)


def test_the_classes_are_listed_with_their_customers(engine: Engine) -> None:
    beta, alpha = a_class(engine, name="Beta"), a_class(engine, name="Alpha")
    a_customer(engine, customer_class_id=beta)
    assert [(one.class_id, one.name, one.customers) for one in admin(engine).fetch(Classes())] == [
        (alpha, "Alpha", 0),
        (beta, "Beta", 1),
    ]


def test_a_class_that_is_not_there_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        terms_of(engine, 404)


def add(engine: Engine, day: date, name: str = "Founders' day") -> int:
    return admin(engine).execute(AddHoliday(day=day, name=name, command_id=new_command_id())).holiday_id


def remove(engine: Engine, holiday_id: int) -> None:
    admin(engine).execute(RemoveHoliday(holiday_id=holiday_id, command_id=new_command_id()))


def a_debtor(engine: Engine) -> int:
    """To be suspended on Friday, 19 June."""
    customer = a_customer(engine, customer_class_id=a_class(engine, suspend_after=3))
    an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    return customer


def test_a_suspension_waits_for_the_day_after_the_holiday(engine: Engine) -> None:
    customer = a_debtor(engine)
    add(engine, FRIDAY)
    for day in (17, 19, 21):
        collect(engine, customer, datetime(2026, 6, day, tzinfo=UTC))
    assert row(engine, customer).suspended_at is None
    collect(engine, customer, datetime(2026, 6, 22, tzinfo=UTC))
    assert row(engine, customer).suspended_at is not None


def test_who_waits_for_a_holiday_is_visited_in_time_when_it_is_taken_out(engine: Engine) -> None:
    customer = a_debtor(engine)
    holiday = add(engine, FRIDAY)
    collect(engine, customer, datetime(2026, 6, 17, tzinfo=UTC))
    assert row(engine, customer).collect_at == datetime(2026, 6, 19, tzinfo=UTC)
    remove(engine, holiday)
    assert admin(engine).fetch(Holidays(NOW.date())) == ()
    collect(engine, customer, datetime(2026, 6, 19, tzinfo=UTC))
    assert row(engine, customer).suspended_at is not None


def test_on_the_holiday_itself_the_next_visit_is_the_next_working_day(engine: Engine) -> None:
    customer = a_debtor(engine)
    add(engine, FRIDAY)
    collect(engine, customer, datetime(2026, 6, 19, tzinfo=UTC))
    assert row(engine, customer).collect_at == datetime(2026, 6, 22, tzinfo=UTC)


def test_a_day_is_a_holiday_once_and_can_be_one_again(engine: Engine) -> None:
    first = add(engine, FRIDAY)
    with pytest.raises(Invalid, match="already a holiday"):
        add(engine, FRIDAY)
    remove(engine, first)
    with pytest.raises(Rejected, match="already been removed"):
        remove(engine, first)
    assert add(engine, FRIDAY, "Again") == first
    assert [(one.day, one.name) for one in admin(engine).fetch(Holidays(NOW.date()))] == [(FRIDAY, "Again")]


def test_a_day_that_may_have_begun_is_left_as_it_is(engine: Engine) -> None:
    with pytest.raises(Invalid, match="two days from now"):
        add(engine, date(2026, 3, 17))


ORDERS: list[Command[object]] = [
    SetPolicy(customer_class_id=1, section=Section.REGULAR, number=1, typed={}, command_id="1"),
    EditClass(customer_class_id=1, version=1, changes={}, command_id="2"),
    AddHoliday(day=FRIDAY, name="x", command_id="3"),
    RemoveHoliday(holiday_id=1, command_id="4"),
]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
def test_only_an_admin_changes_classes_and_the_calendar(engine: Engine, order: Command[object]) -> None:
    with pytest.raises(NotPermitted, match="An admin can"):
        access_for(engine, Role.MANAGER).execute(order)


def add_class(engine: Engine, **values: str) -> int:
    order = AddClass(values={"name": "Boats", "business_model": "Yachts"} | values, command_id=new_command_id())
    return admin(engine).execute(order).customer_class_id


def delete(engine: Engine, class_id: int, version: int = 1) -> None:
    admin(engine).execute(DeleteClass(record_id=class_id, version=version, command_id=new_command_id()))


def test_a_class_is_added_with_the_usual_terms_and_the_first_of_all_stays(engine: Engine) -> None:
    first, second = add_class(engine), add_class(engine, name="Caravans", currency="EUR")
    terms = terms_of(engine, second)
    assert (terms.currency, terms.is_default, terms.current[Section.REGULAR].policy) == ("EUR", False, Policy())
    with pytest.raises(Rejected, match="default class cannot be deleted"):
        delete(engine, first)
    delete(engine, second)
    with pytest.raises(NotFound):
        terms_of(engine, second)
    assert [row.class_id for row in admin(engine).fetch(Classes())] == [first]
    assert add_class(engine, name="caravans") > second


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": "BOATS"}, {"name"}),
        ({"name": "", "business_model": ""}, {"name", "business_model"}),
        ({"name": "x", "currency": "JPY", "rounding_decimals": "2"}, {"rounding_decimals"}),
    ],
)
def test_a_class_that_breaks_a_rule_is_not_added(engine: Engine, values: dict[str, str], fields: set[str]) -> None:
    add_class(engine)
    with pytest.raises(Invalid) as refused:
        add_class(engine, **values)
    assert refused.value.complaints.keys() == fields


def test_a_class_in_use_is_not_deleted(engine: Engine) -> None:
    add_class(engine)
    of_class = add_class(engine, name="Caravans")
    a_customer(engine, customer_class_id=of_class, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="in use by 1 customer"):
        delete(engine, of_class)


def test_nobody_is_given_a_class_that_was_deleted(engine: Engine) -> None:
    add_class(engine)
    of_class = add_class(engine, name="Caravans")
    customer = a_customer(engine)
    delete(engine, of_class)
    order = EditCustomer(
        customer_id=customer, version=1, shown={}, changes={"customer_class_id": str(of_class)},
        command_id=new_command_id(),
    )  # fmt: skip
    with pytest.raises(Invalid):
        admin(engine).execute(order)
    with pytest.raises(NotFound):
        set_class(engine, of_class, description="gone")


def test_classes_are_found_by_what_they_are_called_and_for(engine: Engine) -> None:
    boats = add_class(engine)
    add_class(engine, name="Caravans", business_model="Homes")
    assert [row.class_id for row in admin(engine).fetch(Classes("yach"))] == [boats]
    assert admin(engine).fetch(Classes("%")) == ()


def test_the_followers_of_a_class_are_counted_with_those_who_have_their_own(engine: Engine) -> None:
    of_class = a_class(engine)
    first, second, third = (a_customer(engine, customer_class_id=of_class) for _ in range(3))
    a_customer(engine, customer_class_id=of_class, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    for customer, changes in (
        (first, {"output_date": "DD.MM.YYYY", "input_date": "DD.MM.YYYY"}),
        (second, {"language": "de"}),
    ):
        order = EditSelfCare(customer_id=customer, version=0, shown={}, changes=changes, command_id=new_command_id())
        admin(engine).execute(order)
    followers = admin(engine).fetch(ClassFollowers(of_class))
    assert followers.customers == 3
    assert (followers.follow("self_care_date"), followers.follow("self_care_language")) == (2, 2)
    assert followers.follow("rounding") == 3
    assert third
