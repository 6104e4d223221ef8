"""The sign-in and sign-out pages as HTML: no script, nothing from elsewhere, every value escaped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from data_access.base.permissions import Permission, who_can
from data_access.domain.passwords import DemoSignIn

PRODUCT = "Customer Desk"
_CSS = (Path(__file__).parent / "signin.css").read_text(encoding="utf-8")

_FORGOTTEN = f"Forgotten? {who_can(Permission.PEOPLE_MANAGE).capitalize()} can reset it."
_CHANGE = f'<p class="below"><a href="/login/password">Change your password</a></p><p class="below">{_FORGOTTEN}</p>'


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What the page shows: complaints by field, `""` for the whole form. The password is never shown again."""

    csrf: str
    next: str = "/"
    login: str = ""
    complaints: Mapping[str, str] = field(default_factory=dict)
    demo: tuple[DemoSignIn, ...] = ()
    sso_name: str = ""


def sign_in_page(form: SignInForm) -> str:
    """The form, single sign-on where it is set up, and the demo's sign-ins where this is one."""
    return _page(
        "Sign in",
        f"""{_alert(form)}
<form method="post" action="/login" novalidate>
{_hidden(csrf=form.csrf, next=form.next)}
{_field(form, "login", "Sign-in name", f'type="text" autocomplete="username" value="{escape(form.login)}"')}
{_field(form, "password", "Password", 'type="password" autocomplete="current-password"')}
<button type="submit">Sign in</button>
</form>
{_single_sign_on(form)}
{_demo(form) or _CHANGE}""",
    )


def own_password_page(form: SignInForm, intro: str) -> str:
    """The way to a password that nobody else knows; also the first step of who was given one."""
    return _page(
        "Choose a password",
        f"""{_alert(form)}<p>{escape(intro)}</p>
<form method="post" action="/login/password" novalidate>
{_hidden(csrf=form.csrf, next=form.next)}
{_field(form, "login", "Sign-in name", f'type="text" autocomplete="username" value="{escape(form.login)}"')}
{_field(form, "password", "Password you have now", 'type="password" autocomplete="current-password"')}
{_field(form, "chosen", "New password", 'type="password" autocomplete="new-password"')}
{_field(form, "again", "New password again", 'type="password" autocomplete="new-password"')}
<button type="submit">Change password and sign in</button>
</form>
<a class="button second" href="/login">Back to the sign-in</a>""",
    )


def sign_out_page(csrf: str) -> str:
    """One question, so that a link alone can sign nobody out."""
    return _page(
        "Sign out",
        f"""<p>Drafts of open forms are kept until you come back.</p>
<form method="post" action="/logout">
{_hidden(csrf=csrf)}
<button type="submit">Sign out</button>
</form>
<a class="button second" href="/">Stay signed in</a>""",
    )


def refusal_page(sentence: str) -> str:
    """Why nobody was signed in, and the way back."""
    return _page(
        "Not signed in",
        f"""<p class="refusal" role="alert">{escape(sentence)}</p>
<a class="button" href="/login">Back to the sign-in</a>""",
    )


def away_page(sentence: str) -> str:
    """What is away, while it is; the browser asks again by itself."""
    return _page("One moment", f'<p class="refusal" role="alert">{escape(sentence)}</p>')


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {PRODUCT}</title>
<link rel="icon" href="/favicon.png">
<style>{_CSS}</style>
</head>
<body>
<main>
<p class="product">{PRODUCT}</p>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def _alert(form: SignInForm) -> str:
    refusal = form.complaints.get("")
    return f'<p class="refusal" role="alert">{escape(refusal)}</p>' if refusal else ""


def _hidden(**values: str) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())


def _field(form: SignInForm, name: str, label: str, attributes: str) -> str:
    complaint = form.complaints.get(name)
    wrong = f' aria-invalid="true" aria-describedby="{name}-complaint"' if complaint else ""
    first = " autofocus" if name == _first_to_fill(form) else ""
    text = f'<p class="complaint" id="{name}-complaint">{escape(complaint)}</p>' if complaint else ""
    return f'<label for="{name}">{label}</label><input id="{name}" name="{name}" {attributes}{wrong}{first}>{text}'


def _first_to_fill(form: SignInForm) -> str:
    return "password" if form.login and "login" not in form.complaints else "login"


def _single_sign_on(form: SignInForm) -> str:
    if not form.sso_name:
        return ""
    return f'<a class="button second" href="/login/sso">Sign in with {escape(form.sso_name)}</a>'


def _demo(form: SignInForm) -> str:
    if not form.demo:
        return ""
    buttons = "".join(
        f'<form method="post" action="/login">'
        f"{_hidden(csrf=form.csrf, next=form.next, login=person.login, password=person.password)}"
        f'<button class="second" type="submit">{escape(person.role.capitalize())}</button></form>'
        for person in form.demo
    )
    return f"""<h2>Demo</h2>
<p class="quiet">Made-up customers; sign in with one click.</p>
<div class="demo">{buttons}</div>"""
