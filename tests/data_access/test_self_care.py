"""Web self-care: logins, passwords and tokens, and who comes in with them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import Invalid, NotPermitted, Rejected, Stale
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.base.text.date_formats import a_date_format, a_time_format, written
from data_access.base.text.text_keys import fold
from data_access.commands.customers.erasure import ErasePersonal
from data_access.commands.customers.self_care import (
    EditSelfCare,
    RemoveSelfCareLogin,
    SetApiToken,
    SetSelfCareLogin,
    SetSelfCarePassword,
)
from data_access.domain.passwords import hash_password
from data_access.domain.usage.self_care_access import unfit_for_self_care
from data_access.models.card.self_care import SelfCare, SelfCareLogin
from data_access.models.customers import Customer
from data_access.models.history import Change, PersonalValue
from data_access.queries.customers.section import SectionOf
from data_access.queries.customers.self_care import ApiTokenSince, FormatsInForce, SelfCareLogins
from data_access.queries.finder.find import FindQuick
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.operations import Operation
from data_access.services.self_care_sign_in import SelfCareIdentity, verify_self_care_login
from data_access.store import sign_ins
from data_access.store.access import Access, new_command_id
from data_access.store.attempts import HERE, SignInRefused
from tests.support.builders import a_class, a_customer, a_reseller, an_account
from tests.support.people import NOW, a_person, access_for
from tests.support.rows import insert
from tests.support.tables import only, rows

PASSWORD = "open sesame 7"
HASH = hash_password(PASSWORD)


def set_login(engine: Engine, customer_id: int, login: str = "Ann.K", role: Role = Role.SUPPORT, **over: Any) -> int:
    told = {"version": 0, "password_hash": HASH} | over
    order = SetSelfCareLogin(customer_id=customer_id, login=login, command_id=new_command_id(), **told)
    return access_for(engine, role).execute(order).version


def a_login(engine: Engine, customer_id: int, login: str, account_id: int | None = None) -> None:
    row = {"customer_id": customer_id, "account_id": account_id, "login": login, "login_key": fold(login)}
    insert(engine, SelfCareLogin, row | {"password_hash": HASH, "password_set_at": NOW})


def come_in(engine: Engine, login: str = "ann.k", password: str = PASSWORD, **over: Any) -> SelfCareIdentity:
    return verify_self_care_login(engine, login, password, **({"ip": "127.0.0.1", "now": NOW} | over))


@pytest.mark.parametrize(
    ("text", "read"), [("dd.mm.yyyy", "DD.MM.YYYY"), ("YYYY-MM-DD", "YYYY-MM-DD"), (" dd Mon yyyy", "DD MON YYYY")]
)
def test_a_format_of_days_is_kept_in_capitals(text: str, read: str) -> None:
    assert a_date_format(text) == read


@pytest.mark.parametrize(
    "text", ["", "DD.MM", "DD.MM.YYYY HH24", "DD.MM.MON.YYYY", "DDth MM YYYY", "%d.MM.YYYY", "MM.MM.YYYY"]
)
def test_what_is_no_format_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        a_date_format(text)


@pytest.mark.parametrize(("text", "fits"), [("hh24:mi", True), ("HH24:MI:SS", True), ("MI:HH24", False), ("DD", False)])
def test_a_format_of_times_begins_with_the_hour(text: str, fits: bool) -> None:
    if fits:
        assert a_time_format(text) == text.upper()
    else:
        with pytest.raises(ValueError, match=r"\.$"):
            a_time_format(text)


def test_a_moment_is_written_in_a_format() -> None:
    assert written("DD MON YYYY HH24:MI:SS", datetime(2026, 3, 5, 7, 8, 9, tzinfo=UTC)) == "05 Mar 2026 07:08:09"


@pytest.mark.parametrize(
    ("password", "fits"),
    [("garden 12", True), ("gardens only", False), ("12345678", False), ("short 1", False), ("x1" * 101, False)],
)
def test_a_password_has_a_letter_and_a_digit(password: str, fits: bool) -> None:
    assert (unfit_for_self_care(password) is None) is fits


def test_a_customer_comes_in_with_its_login_whatever_its_case(engine: Engine) -> None:
    customer = a_customer(engine)
    set_login(engine, customer)
    assert come_in(engine, " ANN.k ") == SelfCareIdentity(customer, None)


@pytest.mark.parametrize("login", ["ann.k", "nobody", "", "a\0b", "x" * 5000])
def test_a_wrong_password_and_an_unknown_login_are_refused_alike(engine: Engine, login: str) -> None:
    set_login(engine, a_customer(engine))
    with pytest.raises(SignInRefused, match=r"^The login or the password is wrong\.$"):
        come_in(engine, login, "wrong 1")


CLOSED = {
    "active": ({}, None),
    "blocked": ({"blocked": True}, "The customer is blocked"),
    "suspended": ({"bill_status": BillStatus.SUSPENDED}, None),
    "suspended and blocked": ({"bill_status": BillStatus.SUSPENDED, "blocked": True}, "The customer is blocked"),
    "provisional": ({"bill_status": BillStatus.PROVISIONALLY_TERMINATED}, "provisionally terminated"),
    "terminated": ({"bill_status": BillStatus.PERMANENTLY_TERMINATED}, "permanently terminated"),
    "exported": ({"bill_status": BillStatus.EXPORTED}, "exported"),
}


@pytest.mark.parametrize(("state", "says"), CLOSED.values(), ids=CLOSED)
def test_who_comes_in_follows_from_the_customer_for_its_accounts_too(
    engine: Engine, state: dict[str, Any], says: str | None
) -> None:
    customer = a_customer(engine, **state)
    account = an_account(engine, customer)
    a_login(engine, customer, "Ann.K")
    a_login(engine, customer, "line-1", account_id=account)
    for login, identity in (
        ("ann.k", SelfCareIdentity(customer, None)),
        ("line-1", SelfCareIdentity(customer, account)),
    ):
        if says is None:
            assert come_in(engine, login) == identity
        else:
            with pytest.raises(SignInRefused, match=says):
                come_in(engine, login)


@pytest.mark.parametrize(
    ("account", "says"), [({"blocked": True}, "account is blocked"), ({"ended_on": date(2026, 3, 16)}, "closed")]
)
def test_a_blocked_or_closed_account_lets_nobody_in(engine: Engine, account: dict[str, Any], says: str) -> None:
    customer = a_customer(engine)
    set_login(engine, customer, account_id=an_account(engine, customer))
    set_login(engine, customer, "line-2", account_id=an_account(engine, customer, **account))
    assert come_in(engine).account_id
    with pytest.raises(SignInRefused, match=says):
        come_in(engine, "line-2")


def test_guessing_is_slowed_from_the_address_it_comes_from(engine: Engine) -> None:
    set_login(engine, a_customer(engine))
    for _ in range(HERE):
        with pytest.raises(SignInRefused, match="wrong"):
            come_in(engine, password="wrong 1")
    with pytest.raises(SignInRefused, match="Try again in 15 minutes"):
        come_in(engine)
    assert come_in(engine, ip="192.0.2.7")
    assert come_in(engine, now=NOW + timedelta(minutes=16))


def test_a_login_belongs_to_one_customer_or_account_whatever_its_case(engine: Engine) -> None:
    first = a_customer(engine)
    second = a_customer(engine, reseller_id=a_reseller(engine))
    set_login(engine, first)
    for owner in ({"customer_id": second}, {"customer_id": first, "account_id": an_account(engine, first)}):
        with pytest.raises(Invalid, match="already used"):
            set_login(engine, login="ann.K", **owner)
    order = RemoveSelfCareLogin(customer_id=first, version=1, command_id=new_command_id())
    access_for(engine).execute(order)
    with pytest.raises(SignInRefused):
        come_in(engine)
    assert set_login(engine, second, "ann.K") == 1
    with pytest.raises(Rejected, match="no login"):
        access_for(engine).execute(RemoveSelfCareLogin(customer_id=first, version=2, command_id=new_command_id()))


@pytest.mark.parametrize("login", [" ", "two words", "x" * 101])
def test_a_login_is_one_word(engine: Engine, login: str) -> None:
    with pytest.raises(Invalid):
        set_login(engine, a_customer(engine), login)


def test_a_login_is_changed_in_the_sight_of_what_it_was(engine: Engine) -> None:
    customer = a_customer(engine)
    set_login(engine, customer)
    with pytest.raises(Stale):
        set_login(engine, customer, "other", version=0)
    with pytest.raises(Rejected, match="Nothing was changed"):
        set_login(engine, customer, version=1, password_hash=None)
    assert set_login(engine, customer, "other", version=1, password_hash=None) == 2
    assert come_in(engine, "other").customer_id == customer


def test_another_password_ends_the_old_one_and_stands_nowhere(engine: Engine) -> None:
    customer = a_customer(engine)
    set_login(engine, customer)
    order = SetSelfCarePassword(
        customer_id=customer, version=1, password_hash=hash_password("a new one 8"), command_id=new_command_id()
    )
    access_for(engine).execute(order)
    with pytest.raises(SignInRefused):
        come_in(engine)
    assert come_in(engine, password="a new one 8")
    with engine.connect() as connection:
        told = connection.execute(select(Change.__table__).where(Change.__table__.c.field == "password_hash")).all()
    assert len(told) == 2
    assert "argon2" not in str(told)


def test_only_what_an_account_of_the_customer_is_takes_a_login(engine: Engine) -> None:
    with pytest.raises(Invalid, match="not one of this customer's"):
        set_login(engine, a_customer(engine), account_id=an_account(engine, a_customer(engine)))


@pytest.mark.parametrize("status", [BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED])
def test_nothing_of_it_is_changed_after_the_end(engine: Engine, status: BillStatus) -> None:
    customer = a_customer(engine, bill_status=status)
    with pytest.raises(Rejected):
        set_login(engine, customer)
    with pytest.raises(Rejected):
        access_for(engine).execute(SetApiToken(customer_id=customer, token_hash="0", command_id=new_command_id()))


def test_an_analyst_changes_none_of_it(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(NotPermitted, match="edit customers"):
        set_login(engine, customer, role=Role.ANALYST)


def edit(engine: Engine, customer_id: int, version: int = 0, **changes: str) -> None:
    order = EditSelfCare(
        customer_id=customer_id, version=version, shown={}, changes=changes, command_id=new_command_id()
    )
    access_for(engine).execute(order)


def test_what_is_blank_is_as_the_class_says(engine: Engine) -> None:
    of_class = a_class(engine, self_care_language="de", self_care_date="DD.MM.YYYY")
    customer = a_customer(engine, customer_class_id=of_class)
    edit(engine, customer, output_date="dd mon yyyy", zone="Europe/Berlin", access_level="view_only")
    told = dict(access_for(engine).fetch(SectionOf(customer, "self_care")).said)
    assert told["Date output format"] == "DD MON YYYY"
    assert told["Language"] == "As class: German"
    assert told["Date input format"] == "As class: DD.MM.YYYY"
    assert told["Access level"] == "View only"


def test_a_format_that_is_none_is_refused_at_its_field(engine: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        edit(engine, a_customer(engine), output_date="DD", input_time="noon", language="tlh")
    assert refused.value.complaints.keys() == {"output_date", "input_time", "language"}


def test_the_api_token_is_replaced_and_withdrawn_and_only_its_hash_is_kept(engine: Engine) -> None:
    customer = a_customer(engine)
    for token_hash in ("a" * 64, "b" * 64, None):
        order = SetApiToken(customer_id=customer, token_hash=token_hash, command_id=new_command_id())
        access_for(engine).execute(order)
        assert access_for(engine).fetch(ApiTokenSince(customer)) == (None if token_hash is None else NOW)
    assert only(engine, SelfCare).api_token_hash is None
    with pytest.raises(Rejected, match="no API token"):
        access_for(engine).execute(SetApiToken(customer_id=customer, token_hash=None, command_id=new_command_id()))


def test_the_logins_of_a_customer_are_told_with_why_nobody_comes_in(engine: Engine) -> None:
    customer = a_customer(engine)
    account = an_account(engine, customer, account_code="line-1", blocked=True)
    set_login(engine, customer, password_hash=None)
    set_login(engine, customer, "line-one", account_id=account)
    own, of_account = access_for(engine).fetch(SelfCareLogins(customer))
    assert (own.login, own.password_set_at, "no password" in own.why) == ("Ann.K", None, True)
    assert (of_account.account_code, of_account.login, of_account.password_set_at) == ("line-1", "line-one", NOW)
    assert "The account is blocked" in of_account.why
    assert access_for(engine, Role.ANALYST).fetch(SelfCareLogins(customer))[0].login != "Ann.K"


def test_a_customer_is_found_by_its_login(engine: Engine) -> None:
    customer = a_customer(engine)
    set_login(engine, customer, "Quill-77", account_id=an_account(engine, customer))
    a_customer(engine)
    assert [hit.id for hit in access_for(engine).fetch(FindQuick("quill")).hits] == [customer]
    assert access_for(engine, Role.ANALYST).fetch(FindQuick("quill")).hits == ()
    found = {
        operation: AdvancedFilter((Condition("self_care_login", operation, (text,) if text else ()),)).where(NOW)
        for operation, text in ((Operation.IS, "QUILL-77"), (Operation.CONTAINS, "ill-"), (Operation.IS_EMPTY, ""))
    }
    with Session(engine) as session:
        hits = {one: set(session.scalars(select(Customer.id).where(*where))) for one, where in found.items()}
    assert hits[Operation.IS] == hits[Operation.CONTAINS] == {customer}
    assert customer not in hits[Operation.IS_EMPTY]
    assert len(hits[Operation.IS_EMPTY]) == 1


def test_erasing_a_customer_takes_its_logins(engine: Engine) -> None:
    of_class = a_class(engine, purge_after_months=0)
    customer = a_customer(engine, customer_class_id=of_class, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    a_login(engine, customer, "Ann.K")
    later = NOW + timedelta(days=400)
    Access(engine, SYSTEM, lambda: later).execute(ErasePersonal(customer_id=customer, command_id=new_command_id()))
    row = only(engine, SelfCareLogin)
    assert (row.login, row.login_key, row.password_hash) == (None, None, None)
    assert not [value for value in rows(engine, PersonalValue) if "ann" in f"{value.before} {value.after}".casefold()]


def test_the_formats_in_force_are_the_customers_own_or_the_classs(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, self_care_date="DD.MM.YYYY"))
    plain = access_for(engine).fetch(FormatsInForce(customer))
    assert (plain.date, plain.time, plain.zone) == ("DD.MM.YYYY", "HH24:MI", "UTC")
    edit(engine, customer, output_date="DD MON YYYY", zone="Asia/Tokyo")
    own = access_for(engine).fetch(FormatsInForce(customer))
    assert f"{written(own.date, own.now)} {written(own.time, own.now)}" == "16 Mar 2026 18:00"


def test_why_self_care_is_closed_is_told_to_who_knows_the_password_alone(engine: Engine) -> None:
    set_login(engine, a_customer(engine, blocked=True))
    with pytest.raises(SignInRefused, match=r"^The login or the password is wrong\.$"):
        come_in(engine, password="wrong 1")
    with pytest.raises(SignInRefused, match="The customer is blocked"):
        come_in(engine)


def test_guessing_a_login_of_self_care_locks_nobody_of_the_desk_out(engine: Engine) -> None:
    set_login(engine, a_customer(engine))
    a_person(engine, login="ann.k", password_hash=hash_password(PASSWORD))
    for _ in range(HERE):
        with pytest.raises(SignInRefused, match="wrong"):
            come_in(engine, password="wrong 1")
    assert sign_ins.identify(engine, "ann.k", PASSWORD, ip="127.0.0.1", now=NOW, demo=False)
