"""Abbreviated dialing on the page of a customer: the length first, then numbers, then many at once."""

from tests.data_access.test_dialing import stored
from tests.support.builders import a_customer
from tests.support.forms import fill, press, said
from tests.support.tabs import cells, choose, open_tab

LENGTH, NUMBER = "Maximum abbreviated number length", "Abbreviated number"


def test_numbers_follow_their_length_and_many_are_pasted(desk_app):
    customer = a_customer(desk_app.engine)
    app = open_tab(desk_app, customer, "Abbreviated dialing")
    for label in ("Add a number", "Paste many"):
        (waiting,) = (button for button in app.button if button.label == label)
        assert waiting.disabled
        assert "Set the maximum length first" in waiting.help
    app = press(fill(press(app, "Set the maximum length"), **{LENGTH: "2"}), "Save")
    app = press(
        fill(press(app, "Add a number"), **{NUMBER: "12", "Number to dial": "+49 30 1234567"}), "Add the number"
    )
    assert "49301234567" in cells(app)
    app = fill(press(app, "Paste many"), **{"Numbers, one per line": "3\n123\n12"})
    assert "can be added" in cells(app)
    app = press(app, "Add them")
    assert "1 number added. Not added: Line 2" in said(app)
    app = choose(app, f"abbreviated-{customer}")
    app = press(press(app, "Remove"), "Remove the number")
    assert len(stored(desk_app.engine)) == 1
