"""The choice between what two tabs typed into a field, where the run after the click is broken off."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from dashboard.kit.forms import form_notices
from dashboard.kit.forms.sight import SeenField, Sight

sight = st.session_state.setdefault("sight", Sight(None, {"city": SeenField("", "Ghent")}, conflicts={"city": "Lille"}))
if "city" in sight.conflicts:
    form_notices.ask(sight, "city", "City", "which", {})
for side in st.session_state.get("replayed", []):
    st.session_state["which"] = side
    form_notices.choose(sight, "city", "which", "Lille")
"""


def chosen(app: AppTest) -> object:
    return app.session_state["sight"].chosen.get("city")


def test_a_choice_that_is_called_again_is_the_same_choice_and_the_last_one_counts() -> None:
    app = AppTest.from_string(SCRIPT).run()
    app.radio[0].set_value("there").run()
    assert chosen(app) == "Lille"
    for side, said in (("there", "Lille"), ("here", "Ghent")):
        app.session_state["replayed"] = [side]
        app.run()
        assert not app.exception
        assert chosen(app) == said


def test_a_choice_that_the_form_has_taken_up_already_is_not_made_again() -> None:
    app = AppTest.from_string(SCRIPT).run()
    app.radio[0].set_value("there").run()
    app.session_state["sight"].chosen.clear()
    app.session_state["replayed"] = ["there"]
    app.run()
    assert not app.exception
    assert chosen(app) is None
