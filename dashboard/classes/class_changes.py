"""Changes of a class as a whole: adding, deleting; and whom a change of it affects."""

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from dashboard.kit.feedback import escape, show_done
from dashboard.kit.formats import counted, number
from dashboard.kit.forms import section_form
from dashboard.kit.forms.forms import Form, just_saved
from data_access.commands.classes.classes import AddClass, DeleteClass
from data_access.domain.sections import CLASS_GROUPS, CUSTOMER_CLASS
from data_access.queries.classes.followers import ClassFollowers
from data_access.queries.classes.policies import ClassTerms
from data_access.store.access import Access

ADD, DELETE = "add_class", "delete_class"
_FIRST = replace(CUSTOMER_CLASS, fields=CLASS_GROUPS[0].fields)
_THEN = "Everything else starts as usual. Open the class to change it before customers are given it."


def followed(access: Access, of_class: ClassTerms, changed: Iterable[str]) -> None:
    """How many customers a change concerns, and how many have their own of what is changed."""
    followers = access.fetch(ClassFollowers(of_class.class_id))
    if not followers.customers:
        st.caption("No customer has this class: nobody is concerned.")
        return
    st.caption(f"{counted(followers.customers, 'customer')} of this class follow a change at once.")
    for name in changed:
        if followers.own.get(name):
            follow = counted(followers.follow(name), "customer")
            own = number(followers.own[name])
            st.caption(escape(f"{CUSTOMER_CLASS[name].label}: followed by {follow}; with an own one: {own}."))


def add(access: Access) -> None:
    """A new class: what it is called and for whom it is."""
    form = Form(access, ADD)
    typed = section_form.fields(form, _FIRST, _FIRST.unwritten())
    st.caption(_THEN)
    with st.container(horizontal=True):
        if st.button("Add the class", type="primary", key=form.key("go")):
            order = AddClass(values=typed, command_id=form.command_id)
            form.save(order, lambda _: f"{typed['name'].strip()} is added.")
        form.offer_start_over()


def told() -> None:
    """A class that was added in the run before is said so."""
    just_saved(ADD)
    show_done()


def delete(access: Access, of_class: ClassTerms) -> None:
    """Deletes a class that nobody has; for another it says why it stays."""
    if of_class.is_default:
        st.caption("This is the default class: it cannot be deleted.")
        return
    form = Form(access, DELETE, of_class.class_id)
    customers = access.fetch(ClassFollowers(of_class.class_id)).customers
    why_not = f"In use by {counted(customers, 'customer')}: give them another class first." if customers else ""
    if st.button(
        "Delete the class", icon=":material/delete:", key=form.key("go"), disabled=bool(why_not), help=why_not or None
    ):
        order = DeleteClass(record_id=of_class.class_id, version=of_class.version, command_id=form.command_id)
        form.save(order, lambda _: f"{of_class.name} is deleted.")


def is_deleted(class_id: int) -> bool:
    """Whether this class was deleted in the run before, which is said."""
    saved = just_saved(DELETE, class_id)
    show_done()
    return saved is not None
