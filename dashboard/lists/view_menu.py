"""The menu of saved views: save the list under a name, change your own view, share it, make it the default."""

import streamlit as st

from dashboard.kit import cache, feedback
from dashboard.kit.addresses.list_state import open_view
from dashboard.kit.feedback import escape
from dashboard.kit.forms import section_form
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.lists.open_views import OpenViews, shown_address
from data_access.base.choices.viewed_lists import SharedWith, ViewedList
from data_access.base.permissions import Permission, Role
from data_access.commands.people.views import ChangeView, ChooseDefaultView, RemoveView, SaveView, ViewSaved
from data_access.domain.sections import SAVED_VIEW
from data_access.queries.lists.views import Colleagues, View
from data_access.search.list_address import written
from data_access.store.access import Access, new_command_id

_OPEN = "views-menu"
_SAVE, _CHANGE, _REMOVE = "save_view", "change_view", "remove_view"
_PEOPLE = SharedWith.PEOPLE.value


def view_menu(access: Access, views: OpenViews) -> None:
    """The button, and below it what can be done with the view that is shown."""
    _told(views)
    opened = st.popover("Views", icon=":material/bookmark:", key=_OPEN, on_change="rerun")
    if not opened.open:
        return
    with opened, feedback.refusals():
        if views.view is not None:
            _of_view(access, views, views.view)
        with st.expander("Save as a new view", icon=":material/bookmark_add:", expanded=views.view is None):
            _new(access, views.page)


def _told(views: OpenViews) -> None:
    """What was saved in the run before; a new view is then the one that is shown."""
    saved = just_saved(_SAVE, views.page.value)
    for view in views.of_list.views:
        just_saved(_CHANGE, view.id)
    if just_saved(_REMOVE):
        open_view(None)
    if saved is not None and saved.leads_to is not None:
        open_view(saved.leads_to)
    feedback.show_done()


def _of_view(access: Access, views: OpenViews, view: View) -> None:
    st.markdown(f"**{escape(view.name)}**")
    st.caption(escape(_whose(view)))
    with st.container(horizontal=True, gap="xsmall"):
        if views.is_changed and st.button("Back to the view", icon=":material/undo:", key="view-back"):
            open_view(view.id)
        _default(access, views, view)
    if view.is_own:
        with st.expander("Change this view", icon=":material/edit:"):
            _change(access, views, view)


def _whose(view: View) -> str:
    whose = "Your view" if view.is_own else f"A view of {view.owner}"
    reaches = {
        SharedWith.NOBODY: "nobody else has it", SharedWith.PEOPLE: "shared by name",
        SharedWith.ROLE: f"shared with the role {view.role}", SharedWith.EVERYONE: "shared with everyone",
    }  # fmt: skip
    return f"{whose}, {reaches[view.shared_with]}. Its link is the address of this page."


def _default(access: Access, views: OpenViews, view: View) -> None:
    is_default = views.of_list.default == view.id
    label = "No longer my default" if is_default else "Make it my default"
    if st.button(
        label,
        icon=":material/home_pin:",
        key="view-default",
        help="Your default view is what the list shows when you open it from the menu.",
    ):
        chosen = None if is_default else view.id
        access.execute(ChooseDefaultView(command_id=new_command_id(), page=views.page, view_id=chosen))
        open_view(view.id)


def _new(access: Access, page: ViewedList) -> None:
    form = Form(access, _SAVE, page.value)
    typed, people = _fields(form, access)
    with st.container(horizontal=True):
        if st.button("Save the view", type="primary", key=form.key("go")):
            order = SaveView(
                command_id=form.command_id, page=page, address=shown_address(page), name=typed["name"],
                shared_with=_shared(typed), role=_role(typed), people=people,
            )  # fmt: skip
            form.save(order, lambda _: f"{typed['name'].strip()} is saved.", leads_to=_id_of)
        form.offer_start_over()


def _change(access: Access, views: OpenViews, view: View) -> None:
    form = Form(access, _CHANGE, view.id)
    start = {"name": view.name, "shared_with": view.shared_with.value, "role": view.role or ""}
    typed, people = _fields(form, access, start, view.people)
    shows = written(view.shows.params)
    if views.is_changed and form.check("shows", "Keep the filter, columns and order as they are shown now", "yes"):
        shows = shown_address(views.page)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            order = ChangeView(
                command_id=form.command_id, view_id=view.id, version=view.version, address=shows, name=typed["name"],
                shared_with=_shared(typed), role=_role(typed), people=people,
            )  # fmt: skip
            form.save(order, lambda _: f"{typed['name'].strip()} is saved.")
        form.offer_start_over()
    _remove(access, view)


def _remove(access: Access, view: View) -> None:
    form = Form(access, _REMOVE)
    st.caption("If you remove it, everybody who has it loses it.")
    if form.sends("Remove the view", (view.name,), is_final=True):
        order = RemoveView(command_id=form.command_id, view_id=view.id, version=view.version)
        form.save(order, lambda _: f"{view.name} is removed.")


def _fields(
    form: Form, access: Access, start: dict[str, str] | None = None, people: tuple[int, ...] = ()
) -> tuple[dict[str, str], tuple[int, ...]]:
    shown = start or {"name": "", "shared_with": SharedWith.NOBODY.value, "role": ""}
    typed = section_form.fields(form, SAVED_VIEW, shown, layout=(("name",), ("shared_with",), ("role",)))
    right = Permission.VIEW_SHARE
    if typed["shared_with"] == SharedWith.EVERYONE and not access.actor.may(right):
        st.caption(f"{access.actor.who_can(right).capitalize()} can share a view with everyone.")
    if typed["shared_with"] != _PEOPLE:
        return typed, ()
    named = {str(one.id): one.name for one in cache.fetch(access, Colleagues())}
    begun = " ".join(map(str, people))
    chosen = form.several("people", "People", named, begun, help="They have the view in their list at once.")
    return typed, tuple(map(int, chosen.split()))


def _shared(typed: dict[str, str]) -> SharedWith:
    return SharedWith(typed["shared_with"] or SharedWith.NOBODY)


def _role(typed: dict[str, str]) -> Role | None:
    return Role(typed["role"]) if typed.get("role") else None


def _id_of(saved: ViewSaved) -> int:
    return saved.view_id
