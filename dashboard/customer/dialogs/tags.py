"""The dialog Tags: which a customer has."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, window
from dashboard.kit import cache
from dashboard.kit.forms.edit_conflicts import Basis, basis
from dashboard.kit.forms.forms import Form
from data_access.base.text.numerals import whole_number
from data_access.commands.customers.tags import TagCustomer
from data_access.domain.sections import CUSTOMER_TAG
from data_access.queries.customers.customer import Head
from data_access.queries.records.record_names import RecordNames
from data_access.store.access import Access

NAME = _FIELD = "tags"


def _tags(access: Access, head: Head) -> None:
    form = Form(access, NAME, head.customer_id)
    known = cache.fetch(access, RecordNames(CUSTOMER_TAG.name)).get("tags", {})
    if not known:
        st.text("There are no tags yet: administrators add them under Catalogue, Tags.")
        return
    since = basis(form, Basis(sum(head.tags), {_FIELD: " ".join(map(str, head.tags))})).shown[_FIELD]
    text = form.several(_FIELD, "Tags", known, since, help="The customer does not see them.")
    stood, chosen = ({whole_number(key) for key in keys.split()} for keys in (since, text))
    order = TagCustomer(
        customer_id=head.customer_id, add=tuple(sorted(chosen - stood)), remove=tuple(sorted(stood - chosen)),
        command_id=form.command_id,
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("go")):
            form.save(order, lambda saved: f"{head.customer_code}: {', '.join(saved.tags) or 'no tags'}.")
        form.offer_start_over()


DIALOGS: Mapping[str, Draw] = {NAME: window("Tags", _tags)}
