"""People and roles: who may sign in, with which role and limits, and what each role may do."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.kit.feedback import escape
from dashboard.kit.forms import one_time
from dashboard.people import people_forms, people_table
from data_access.base.permissions import Permission
from data_access.queries.customers.choices import FormChoices
from data_access.queries.people.people import ListPeople

access = open_page("People and roles", Permission.PEOPLE_MANAGE)
people = access.fetch(ListPeople())
choices = access.fetch(FormChoices())
people_forms.told(people)
one_time.draw()

who, rights = st.tabs(["People", "Roles"])
with who:
    people_table.people(people)
    person = people_table.chosen(people)
    if person is not None:
        with st.container(border=True):
            st.header(f"Change {escape(person.login)}", anchor=False)
            people_forms.change(access, person, choices)
    with st.expander("Add a person", icon=":material/person_add:", expanded=len(people) == 1):
        people_forms.add(access, choices)
with rights:
    st.caption("Checked at every look and every change, not only on the screen.")
    people_table.roles()
