"""Drafts of forms: kept by revision, renewed after their command, whoever else has them open; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.customers.notes import AddNote
from data_access.queries.audit.done import WhatWasDone
from data_access.store.access import Access
from data_access.store.drafts import KeptDraft, LastCommand, acknowledge, draft_for, keep, renew
from tests.support.builders import a_customer
from tests.support.people import a_person as a_colleague
from tests.support.sign_ins import NOON, a_person

MINUTE = timedelta(minutes=1)


def the_draft(engine: Engine, person: int, form: str = "adjust", subject: str = "", *, now=NOON) -> KeptDraft:
    return draft_for(engine, person, form, subject, now)


def kept(engine: Engine, draft: KeptDraft, *, now=NOON, **typed: str) -> KeptDraft:
    after = keep(engine, draft, typed, now)
    assert after is not None
    return after


def test_a_draft_is_found_again_with_its_command_id_and_what_was_typed(engine):
    person = a_person(engine)
    first = the_draft(engine, person, subject="15")
    written = kept(engine, first, now=NOON + MINUTE, amount="12.50", note="é😀")
    again = the_draft(engine, person, subject="15", now=NOON + 2 * MINUTE)
    assert again == written
    assert (again.command_id, again.typed) == (first.command_id, {"amount": "12.50", "note": "é😀"})
    assert (again.began_at, again.updated_at) == (NOON + MINUTE, NOON + MINUTE)


def test_each_form_subject_and_person_has_a_draft_of_its_own(engine):
    ann, ben = a_person(engine, "ann"), a_person(engine, "ben")
    places = [(ann, "adjust", "1"), (ann, "adjust", "2"), (ann, "edit", "1"), (ben, "adjust", "1")]
    assert len({the_draft(engine, *place).command_id for place in places}) == len(places)


def test_nothing_is_kept_over_what_another_tab_typed_since(engine):
    seen = the_draft(engine, a_person(engine))
    first = kept(engine, seen, amount="70")
    assert keep(engine, seen, {"amount": "10"}, NOON) is None
    assert kept(engine, first, amount="7").revision == first.revision + 1


def test_a_draft_was_begun_when_its_first_field_was_typed(engine):
    draft = kept(engine, the_draft(engine, a_person(engine)), **{"#version": "3"})
    assert draft.began_at is None
    draft = kept(engine, draft, now=NOON + MINUTE, amount="1")
    draft = kept(engine, draft, now=NOON + 2 * MINUTE, amount="12")
    assert draft.began_at == NOON + MINUTE
    assert kept(engine, draft).began_at is None


def test_after_success_a_draft_is_empty_and_knows_what_was_done(engine):
    person = a_person(engine)
    used = kept(engine, the_draft(engine, person), amount="1")
    done = LastCommand(used.command_id, NOON, "1.00 EUR booked.", is_told=False)
    renew(engine, used, NOON, done=done)
    renewed = the_draft(engine, person)
    assert renewed.command_id != used.command_id
    assert (renewed.typed, renewed.began_at, renewed.last) == ({}, None, done)
    acknowledge(engine, person, [used.command_id])
    assert the_draft(engine, person).last == LastCommand(used.command_id, NOON, "1.00 EUR booked.", is_told=True)


def test_renewing_twice_does_not_lose_what_was_typed_in_between(engine):
    person = a_person(engine)
    used = the_draft(engine, person)
    renew(engine, used, NOON)
    kept(engine, the_draft(engine, person), amount="2")
    renew(engine, used, NOON)
    assert the_draft(engine, person).typed == {"amount": "2"}


def test_what_another_tab_typed_since_is_not_discarded(engine):
    person = a_person(engine)
    seen = the_draft(engine, person)
    typed = kept(engine, seen, amount="70")
    renew(engine, seen, NOON)
    assert the_draft(engine, person) == typed
    renew(engine, seen, NOON, done=LastCommand(seen.command_id, NOON, "10.00 EUR booked.", is_told=False))
    after = the_draft(engine, person)
    assert after.command_id != seen.command_id
    assert after.typed == {"amount": "70"}


def test_a_command_without_an_answer_is_found_out_at_the_next_look(engine):
    ann, customer = a_colleague(engine, Role.SUPPORT), a_customer(engine)
    used = kept(engine, the_draft(engine, ann.person_id, "add_note"), text="hello")
    Access(engine, ann, lambda: NOON + MINUTE).execute(
        AddNote(customer_id=customer, text="hello", command_id=used.command_id)
    )
    after = the_draft(engine, ann.person_id, "add_note")
    assert after.last == LastCommand(used.command_id, NOON + MINUTE, "", is_told=False)
    assert (after.typed, after.command_id != used.command_id) == ({}, True)


def test_two_tabs_that_open_a_form_at_once_share_one_draft(engine):
    person = a_person(engine)
    with ThreadPoolExecutor(6) as tabs:
        drafts = list(tabs.map(lambda _: the_draft(engine, person), range(6)))
    assert len({draft.command_id for draft in drafts}) == 1


def test_of_tabs_that_type_at_once_one_is_kept(engine):
    seen = the_draft(engine, a_person(engine))
    with ThreadPoolExecutor(6) as tabs:
        written = list(tabs.map(lambda number: keep(engine, seen, {"amount": str(number)}, NOON), range(6)))
    assert sum(one is not None for one in written) == 1


def test_what_a_command_did_is_told_to_whoever_sent_it_and_to_nobody_else(engine):
    ann, ben, customer = a_colleague(engine), a_colleague(engine), a_customer(engine)
    order = BookTransaction(customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(50), command_id="of ann")
    Access(engine, ann).execute(order)
    asked = WhatWasDone("of ann")
    assert Access(engine, ann).fetch(asked).startswith("Book transaction, Manual payment of 50.00 EUR")
    assert Access(engine, ben).fetch(asked) == ""
    assert Access(engine, ann).fetch(WhatWasDone("of nobody")) == ""
