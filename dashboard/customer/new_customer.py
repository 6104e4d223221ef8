"""The form New customer: the top fields, all mandatory, and the address, all optional."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer import customer_fields
from dashboard.kit import feedback, formats
from dashboard.kit.addresses import links
from dashboard.kit.forms import section_form
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.forms.section_form import Lists
from data_access.base.permissions import Permission, who_can
from data_access.base.text.parsing import COUNTRIES, ZONES_OF
from data_access.commands.customers.beside import BESIDE, SectionInput
from data_access.commands.customers.customers import CreateCustomer
from data_access.domain.field_labels import LABELS
from data_access.domain.moves import MOVES
from data_access.domain.sections import ADDRESS_INFO, TOP_FIELDS
from data_access.domain.validation import IN_CREDIT, OWES, CustomerInput
from data_access.fields.section import FieldSection
from data_access.queries.customers.choices import ChoiceLists, FormChoices
from data_access.queries.customers.custom_fields import CustomFieldsOfClass
from data_access.queries.customers.section import LeftToClass
from data_access.queries.records.record_names import RecordNames
from data_access.store.access import Access

NAME = "new_customer"
_PREPAID, _NONE = "prepaid", "none"
_OPENING = {_NONE: "None", OWES: "The customer owes", IN_CREDIT: "The customer has paid in advance"}


def draw(access: Access) -> None:
    """The form, and after saving the customer's page or the next form."""
    saved = just_saved(NAME)
    if saved is not None and saved.leads_to is not None:
        links.open_customer(saved.leads_to)
    feedback.show_done()
    form = Form(access, NAME)
    choices = access.fetch(FormChoices())
    if not choices.classes:
        able = access.actor.who_can(Permission.CLASS_EDIT).capitalize()
        st.info(f"A customer belongs to a customer class, and there is none yet. {able} can add one.")
        links.link("customer_classes", "Customer classes", icon=":material/category:")
        return
    typed = _top_fields(form, choices)
    is_blocked = form.check("blocked", "Blocked")
    st.caption(feedback.escape(" ".join(MOVES["block"].effects)))
    with st.expander("Address info (optional)", expanded=_has_address(form)):
        typed |= section_form.fields(form, ADDRESS_INFO, {"contact": form.now("first_name")})
    beside, custom = _sections(form, typed["customer_class_id"]), _custom(form, typed["customer_class_id"])
    order = CreateCustomer(
        customer=CustomerInput(**typed), blocked=is_blocked, beside=beside, custom=custom, command_id=form.command_id
    )
    _buttons(form, order)


def _custom(form: Form, class_id: str) -> dict[str, str]:
    """The custom fields of the class that is chosen: the mandatory ones have to be given."""
    asked = form.access.fetch(CustomFieldsOfClass(int(class_id))) if class_id else None
    if asked is None or not asked.section.fields:
        return {}
    is_needed = any(field.needed for field in asked.section)
    with st.expander(f"Custom fields{'' if is_needed else ' (optional)'}", expanded=is_needed):
        return section_form.fields(form, asked.section, asked.start)


def _has_address(form: Form) -> bool:
    return any(form.typed.get(name) for name in ADDRESS_INFO.names)


def _sections(form: Form, class_id: str) -> tuple[SectionInput, ...]:
    """What stands beside a customer, each section in its own place; one that is left as it is makes no row."""
    sections = [one.section for one in BESIDE.values() if form.access.actor.may(one.needs)]
    if not sections:
        return ()
    first, *more = (section.name for section in sections)
    lists = form.access.fetch(RecordNames(first, tuple(more)))
    left = form.access.fetch(LeftToClass(int(class_id), (first, *more))) if class_id else {}
    return tuple(SectionInput(section.name, _section(form, section, lists, left)) for section in sections)


def _section(form: Form, section: FieldSection, lists: Lists, left: Mapping[str, str]) -> dict[str, str]:
    asked = section.standing_for(left)
    asked = asked.only(one.name for one in asked if one.right is None or form.access.actor.may(one.right))
    is_begun = any(name in form.typed for name in asked.names)
    with st.expander(f"{section.title} (optional)", expanded=is_begun):
        return section_form.fields(form, asked, asked.unwritten(), lists=lists)


def _top_fields(form: Form, choices: ChoiceLists) -> dict[str, str]:
    left, right = st.columns(2)
    with left:
        typed = {"customer_code": section_form.ask(form, TOP_FIELDS["customer_code"])}
    with right:
        typed["balance_control"] = section_form.ask(form, TOP_FIELDS["balance_control"], "postpaid")
    class_id, currency = customer_fields.class_and_currency(form, choices.classes)
    typed |= {"customer_class_id": class_id, "currency": currency}
    if typed["balance_control"] != _PREPAID:
        typed |= _limit_and_opening(form, choices, class_id, currency)
    return typed | _billing(form, choices)


def _limit_and_opening(form: Form, choices: ChoiceLists, class_id: str, currency: str) -> dict[str, str]:
    if not form.access.actor.may(Permission.LIMIT_EDIT):
        st.text(_default_limit(choices, class_id, currency))
        return {}
    left, right = st.columns(2)
    with left:
        choice, limit = customer_fields.credit_limit(form, currency)
    with right:
        side = form.one_of("opening_side", "Opening balance", _OPENING, _NONE, horizontal=True)
        opening = form.text("opening_balance", f"Amount in {currency or 'the currency'}") if side != _NONE else ""
    opened = {"opening_balance": opening, "opening_side": side} if side != _NONE else {}
    return {"limit_choice": choice, "credit_limit": limit} | opened


def _default_limit(choices: ChoiceLists, class_id: str, currency: str) -> str:
    chosen = next((choice for choice in choices.classes if str(choice.id) == class_id), None)
    limit = "the default of the class"
    if chosen is not None:
        amount = chosen.default_credit_limit
        limit = "0: no credit" if not amount else formats.money(amount, currency) if currency else f"{amount:f}"
    return f"{LABELS['credit_limit']}: {limit}. {who_can(Permission.LIMIT_EDIT).capitalize()} can set another."


def _billing(form: Form, choices: ChoiceLists) -> dict[str, str]:
    left, middle, right = st.columns(3)
    with left:
        zone = _zone(form)
    with middle:
        period = section_form.ask(form, TOP_FIELDS["billing_period"], "monthly")
    typed = {"billing_zone": zone, "billing_period": period}
    if choices.resellers and form.access.actor.reseller_id is None:
        with right:
            typed["reseller_id"] = section_form.ask(form, TOP_FIELDS["reseller_id"], lists=choices.lists)
    return typed


def _zone(form: Form) -> str:
    """The zone of the country, until another one is chosen."""
    country = form.now("country")
    zones = ZONES_OF.get(country, ())
    proposed = zones[0] if zones else "UTC"
    zone = section_form.ask(form, TOP_FIELDS["billing_zone"], proposed)
    if zones and zone == proposed:
        others = f", one of {len(zones):,} there: check it" if len(zones) > 1 else ""
        st.caption(f"Proposed for {feedback.escape(COUNTRIES[country])}{feedback.escape(others)}.")
    return zone


def _buttons(form: Form, order: CreateCustomer) -> None:
    with st.container(horizontal=True):
        opens = st.button("Save", type="primary", key=form.key("save"))
        goes_on = st.button("Save and add another", key=form.key("another"))
        copies = st.button("Save as a copy", key=form.key("copy"), help="The next form starts with the same values.")
        form.offer_start_over()
    refill = {name: text for name, text in form.typed.items() if name != "customer_code"} if copies else None
    if opens or goes_on or copies:
        form.save(
            order,
            lambda saved: f"{saved.customer_code} is saved.",
            leads_to=(lambda saved: saved.customer_id) if opens else None,
            refill=refill,
        )
