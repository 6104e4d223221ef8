"""The tab Quotas and its dialogs, worked in as a person does."""

from datetime import date, timedelta
from decimal import Decimal

from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.quotas import ChangeQuota, GrantQuota
from data_access.commands.services.usage import RecordUsage
from data_access.models.quotas import Quota, Unit, WhenUsedUp
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_quota, a_top_up_option, today
from tests.support.forms import button, field, fill, labels, press, said
from tests.support.people import a_person
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab

TAB = "Quotas & service wallets"


def first() -> date:
    return today().replace(day=1)


def used(desk_app, customer, quantity, reference="cdr-1"):
    order = RecordUsage(
        customer_id=customer, amount=Decimal(3), service="Calls", at=system_clock(), reference=reference,
        quantity=Decimal(quantity), unit=Unit.MINUTES, command_id=new_command_id(),
    )  # fmt: skip
    Access(desk_app.engine, SYSTEM).execute(order)


def test_a_quota_tells_what_is_used_and_left(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, rollovers=1, started_on=first(), when_used_up=WhenUsedUp.BLOCK)
    used(desk_app, customer, 34)
    table = cells(open_tab(desk_app, customer, TAB))
    for words in ("Calls", "Active", "■■■□□□□□□□  34 of 100 minutes", "66 minutes", "Block", "1 period"):
        assert words in table


def test_a_mark_stands_for_a_little_and_none_for_nothing(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, started_on=first())
    assert "□□□□□□□□□□  0 of 100 minutes" in cells(open_tab(desk_app, customer, TAB))
    used(desk_app, customer, "0.5")
    assert "■□□□□□□□□□  0.5 of 100 minutes" in cells(open_tab(desk_app, customer, TAB))
    used(desk_app, customer, 99, "cdr-2")
    assert "■■■■■■■■■□  99.5 of 100 minutes" in cells(open_tab(desk_app, customer, TAB))


def test_the_periods_of_a_chosen_quota_are_told_with_what_is_rolled_over(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, rollovers=1, started_on=first() - timedelta(days=40))
    table = cells(open_tab(desk_app, customer, TAB))
    assert "200 minutes" in table
    assert "100 minutes until" in table
    app = choose(open_tab(desk_app, customer, TAB), f"quotas-{customer}")
    assert "Calls, 100 minutes: period by period." in said(app)
    assert "expired" in cells(app)


def test_the_timeline_tells_what_was_granted(desk_app):
    customer = a_customer(desk_app.engine)
    with_quota = Access(desk_app.engine, a_person(desk_app.engine, Role.MANAGER))
    with_quota.execute(
        GrantQuota(
            customer_id=customer, service="Calls", unit=Unit.MINUTES, allowance=Decimal(100), started_on=today(),
            command_id=new_command_id(),
        )
    )  # fmt: skip
    assert "Quota granted" in said(open_tab(desk_app, customer, "Overview"))


def test_a_customer_without_a_quota_is_told_so(desk_app):
    assert "This customer has no quota" in said(open_tab(desk_app, a_customer(desk_app.engine), TAB))


def test_a_quota_is_granted(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    app = press(open_tab(desk_app, customer, TAB, Role.SUPPORT), "Grant a quota")
    press(app, "Grant")
    for sentence in ("Choose the service.", "Give how much can be used", "Choose the unit."):
        assert sentence in said(app)
    assert "limit" not in field(app, "When used up").options
    press(fill(app, Service="Calls", Allowance="ten", Unit="minutes"), "Grant")
    assert "“ten” is not an amount" in said(app)
    assert rows(desk_app.engine, Quota) == []
    others = {"What is left at the end of a period": "2", "When used up": "block"}
    press(fill(app, Allowance="250.5", **others), "Grant")
    row = only(desk_app.engine, Quota)
    assert (row.service, row.unit, row.allowance, row.rollovers, row.when_used_up, row.started_on) == (
        "Calls", Unit.MINUTES, Decimal("250.5"), 2, WhenUsedUp.BLOCK, today(),
    )  # fmt: skip
    assert "C-1 has the quota." in said(app)
    assert "Allowance" not in labels(app)
    assert "250.5 minutes" in cells(app)


def test_internet_access_alone_is_offered_to_go_on_slower(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, TAB), "Grant a quota")
    fill(app, Service="Internet access", Allowance="5000", Unit="megabytes").run()
    press(fill(app, **{"When used up": "limit"}), "Grant")
    assert only(desk_app.engine, Quota).when_used_up is WhenUsedUp.LIMIT


def the_quota(desk_app, button, **over):
    """Its dialog, opened from its row: change or end."""
    customer = a_customer(desk_app.engine)
    made = a_quota(desk_app.engine, customer, **over)
    app = choose(open_tab(desk_app, customer, TAB), f"quotas-{customer}")
    return made, press(app, button)


def test_another_allowance_holds_from_the_next_period_and_that_is_said(desk_app):
    made, app = the_quota(desk_app, "Change")
    assert "apply from the next period on" in said(app)
    press(fill(app, **{"Allowance, in minutes": "50"}), "Save")
    old, new = rows(desk_app.engine, Quota)
    assert (old.id, old.allowance, new.allowance) == (made, Decimal(100), Decimal(50))
    assert old.ended_on == new.started_on - timedelta(days=1)
    assert "The quota is changed, from 1 " in said(app)


def test_a_change_over_someone_elses_is_refused(desk_app):
    made, app = the_quota(desk_app, "Change")
    fill(app, **{"When used up": "block"})
    other = Access(desk_app.engine, a_person(desk_app.engine))
    told = {"allowance": Decimal(100), "rollovers": 1, "when_used_up": WhenUsedUp.NORMAL_PRICE}
    other.execute(ChangeQuota(quota_id=made, version=1, command_id=new_command_id(), **told))
    press(app, "Save")
    assert "was changed by someone else" in said(app)
    assert {row.when_used_up for row in rows(desk_app.engine, Quota)} == {WhenUsedUp.NORMAL_PRICE}


def test_a_quota_that_nobody_used_is_withdrawn_at_its_end(desk_app):
    _, app = the_quota(desk_app, "End", started_on=today())
    assert "it is withdrawn at once" in said(app)
    press(app, "End it")
    assert only(desk_app.engine, Quota).ended_on == today() - timedelta(days=1)
    assert "The quota for Calls is ended." in said(app)
    assert "This customer has no quota" in said(app)


def test_a_quota_that_ended_can_only_be_looked_at(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, ended_on=first() - timedelta(days=1))
    app = choose(open_tab(desk_app, customer, TAB), f"quotas-{customer}")
    assert {one.label for one in app.button if one.disabled} == {"Change", "End"}
    assert "Closed" in cells(app)


def test_an_analyst_reads_who_can_grant_a_quota(desk_app):
    app = open_tab(desk_app, a_customer(desk_app.engine), TAB, Role.ANALYST)
    grant = next(one for one in app.button if one.label == "Grant a quota")
    assert (grant.disabled, grant.help.endswith("Support, a manager or an admin can.")) == (True, True)


def test_a_quota_for_the_provisionally_terminated_is_refused_before_its_dialog(desk_app):
    customer = a_customer(desk_app.engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED)
    grant = button(open_tab(desk_app, customer, TAB), "Grant a quota")
    assert grant.disabled
    assert "The customer is provisionally terminated" in grant.help


def test_the_ledger_shows_a_covered_charge_with_its_quantity(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, started_on=first())
    used(desk_app, customer, 12)
    table = cells(open_tab(desk_app, customer, "Balance & credits"))
    assert "Calls, 12 minutes, all by quota" in table
    assert "0.00 EUR" in table


def test_a_covered_charge_is_reversed_from_its_row_and_the_quota_gets_it_back(desk_app):
    customer = a_customer(desk_app.engine)
    a_quota(desk_app.engine, customer, started_on=first())
    used(desk_app, customer, 12)
    app = choose(open_tab(desk_app, customer, "Balance & credits"), f"ledger-{customer}")
    press(app, "Reverse this booking")
    assert "Used: 12 minutes, all by quota" in said(app)
    assert "Quotas and wallets get back what it used." in said(app)
    press(fill(app, Reason="Wrong line"), "Reverse it")
    assert "0 of 100 minutes" in cells(open_tab(desk_app, customer, TAB))


def test_a_wallet_is_topped_up_and_tells_what_is_left(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(open_tab(desk_app, customer, TAB, Role.SUPPORT), "Top up")
    assert "No top-up is offered in EUR." in said(app)
    option = a_top_up_option(desk_app.engine, name="Minutes S")
    app = press(open_tab(desk_app, customer, TAB, Role.SUPPORT), "Top up")
    inside = [one for one in app.button if one.label == "Top up"][-1]
    assert "Choose the top-up." in said(inside.click().run())
    app = fill(app, **{"Top-up": str(option)})
    assert "100 minutes for Calls, for 30 days from today." in said(app)
    app = [one for one in app.button if one.label == "Top up"][-1].click().run()
    assert "100 minutes for Calls are added, to be used until " in said(app)
    used(desk_app, customer, 25)
    app = choose(open_tab(desk_app, customer, TAB), f"wallets-{customer}")
    assert "■■■■■■■□□□  75 minutes of 100 minutes" in cells(app)
    assert "Calls, minutes: top-up by top-up." in said(app)
    assert "Calls, 25 minutes, all by wallet" in cells(open_tab(desk_app, customer, "Balance & credits"))


def test_an_address_of_before_opens_the_tab_by_its_new_name(desk_app):
    customer = a_customer(desk_app.engine)
    assert "This customer has no service wallet." in said(open_tab(desk_app, customer, "Quotas"))
