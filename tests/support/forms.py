"""Filling in forms without a browser: fields and buttons by what a person reads on them."""

from typing import Any

from streamlit.testing.v1 import AppTest

_FIELDS = ("text_input", "text_area", "selectbox", "radio", "multiselect", "checkbox", "date_input")


def field(app: AppTest, label: str) -> Any:
    """The one field with this label."""
    found = [one for one in _fields(app) if one.label == label]
    assert len(found) == 1, f"{len(found)} fields are called {label}; there are {labels(app)}"
    return found[0]


def labels(app: AppTest) -> list[str]:
    """What stands on the fields, in groups by kind."""
    return [one.label for one in _fields(app)]


def _fields(app: AppTest) -> list[Any]:
    return [one for kind in _FIELDS for one in app.get(kind)]


def fill(app: AppTest, **values: Any) -> AppTest:
    """Sets fields in one run, or in one more where a field shows only then; a label is written with `_` for a blank."""
    for label, value in values.items():
        name = label.replace("_", " ")
        if name not in labels(app):
            app.run()
        field(app, name).set_value(value)
    return app.run()


def button(app: AppTest, label: str) -> Any:
    """The one button with this label."""
    found = [button for button in app.button if button.label == label]
    assert len(found) == 1, f"{len(found)} buttons are called {label}"
    return found[0]


def press(app: AppTest, label: str) -> AppTest:
    """Clicks the one button with this label."""
    pressed: AppTest = button(app, label).click().run()
    return pressed


def said(app: AppTest) -> str:
    """All words on the screen but those in fields; without the marks that keep markdown from speaking."""
    kinds = ("title", "text", "markdown", "caption", "error", "warning", "info", "success", "toast", "code")
    shown: list[Any] = [one for kind in kinds for one in app.get(kind)]
    return "\n".join(str(one.value) for one in shown).replace("\\", "")
