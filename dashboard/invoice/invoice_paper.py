"""The printed invoice: its figures put into words once, then drawn as HTML and as PDF from two templates."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.kit import formats
from dashboard.kit.addresses.links import link
from dashboard.kit.saving import save_button
from data_access.base.text.date_formats import written
from data_access.queries.billing.paper import Paper, PaperLine, PaperSection, PaperTax

_TEMPLATES = Path(__file__).parent / "papers"
_HTML = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_FIRST_BEYOND = "\u0530"  # before it: Latin, Greek and Cyrillic, which the font that typst brings along has
_WIDE = 800  # pixels: a line of an invoice is read, not scanned
_FRAME = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'
)


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file to hand over: its name, its kind and its bytes."""

    name: str
    mime: str
    content: bytes


def draw(paper: Paper) -> None:
    """The way back, the files to save, and the invoice itself."""
    with st.container(horizontal=True, vertical_alignment="center"):
        shows = {"id": [str(paper.customer_id)], "tab": ["Invoices & taxation"]}
        link("customer", f"Customer {paper.customer_code}", shows=shows, icon=":material/arrow_back:")
        for made in _files(paper):
            kind = made.name.rpartition(".")[2].upper()
            save_button(f"Save as {kind}", made.content, made.name, made.mime, key=f"save-{kind}")
    if not _can_print(paper):
        st.caption("A PDF needs a font for the letters of this customer's name or address: "
                   "Noto Sans CJK, on the computer that runs the desk, is one. The HTML file has them.")  # fmt: skip
    with st.container(border=True, width=_WIDE):
        st.html(as_html(paper))


def _files(paper: Paper) -> list[PaperFile]:
    return [*([pdf_file(paper)] if _can_print(paper) else []), html_file(paper)]


@cache
def _more_fonts() -> tuple[str, ...]:
    """Families for letters beyond Latin, Greek and Cyrillic, as far as this computer has them."""
    return tuple(family for family in typst.Fonts().families() if family.startswith("Noto Sans"))


def _can_print(paper: Paper) -> bool:
    """Whether every letter has a font: a printed invoice with empty boxes for a name is none."""
    texts = (paper.issuer_name, *paper.issuer_address, *paper.addressee, paper.title, paper.header, paper.footer)
    texts += tuple(line.says for section in paper.sections for line in section.lines)
    beyond = any(mark >= _FIRST_BEYOND and not "\u1e00" <= mark <= "\u2bff" for text in texts for mark in text)
    return not beyond or any("CJK" in family for family in _more_fonts())


def as_html(paper: Paper) -> str:
    """A part of a page, with its own styles; every text of the invoice is escaped."""
    return _HTML.get_template("invoice.html").render(**_words(paper))


def html_file(paper: Paper) -> PaperFile:
    """A whole page that needs nothing beside it."""
    title = _HTML.from_string("{{ title }}").render(title=_title(paper))
    whole = _FRAME.format(title=title, body=as_html(paper))
    return PaperFile(f"{_stem(paper)}.html", "text/html", whole.encode())


def pdf_file(paper: Paper) -> PaperFile:
    """A4, as many pages as it takes. Texts are handed over as values, so none of them is read as markup."""
    told = json.dumps(_words(paper))
    content = typst.compile(_TEMPLATES / "invoice.typ", sys_inputs={"paper": told})
    if not isinstance(content, bytes):
        raise TypeError("a PDF is one file")
    return PaperFile(f"{_stem(paper)}.pdf", "application/pdf", content)


def _stem(paper: Paper) -> str:
    return "".join(mark if mark.isalnum() or mark in "-_" else "-" for mark in f"invoice-{paper.number}")


def _title(paper: Paper) -> str:
    return f"{paper.title} {paper.number}"


def _words(paper: Paper) -> dict[str, Any]:
    """What both templates show, as texts alone."""
    return {
        "title": _title(paper),
        "stamp": "Void" if paper.is_void else "",
        "issuer_name": paper.issuer_name,
        "issuer_address": list(paper.issuer_address),
        "to": list(paper.addressee),
        "facts": _facts(paper),
        "above": paper.header.splitlines(),
        "sections": [_section(section, paper) for section in paper.sections],
        "sums": _sums(paper),
        "words": _closing(paper),
        "below": paper.footer.splitlines(),
        "footer": f"{paper.issuer_name} · {_title(paper)}",
        "page_word": "Page",
        "more_fonts": _more_fonts(),
    }


def _facts(paper: Paper) -> list[tuple[str, str]]:
    facts = [("Issue date", _day(paper.issued_on, paper)), ("Due date", _day(paper.due_on, paper))]
    if paper.period_from is not None and paper.period_to is not None:
        facts.append(("Period", f"{_day(paper.period_from, paper)} – {_day(paper.period_to, paper)}"))
    facts += [("Customer ID", paper.customer_code), ("Type", paper.type)]
    return [*facts, ("Replaces", paper.instead_of)] if paper.instead_of else facts


def _day(day: date, paper: Paper) -> str:
    return written(paper.date_format, day)


def _section(section: PaperSection, paper: Paper) -> dict[str, Any]:
    return {
        "service": section.service,
        "total": formats.exact_money(section.total, paper.currency),
        "lines": [_line(line, paper) for line in section.lines],
    }


def _line(line: PaperLine, paper: Paper) -> dict[str, str]:
    """A column that the template leaves out stays empty."""
    words = {
        "day": _day(line.day, paper) if line.day else "",
        "says": line.says,
        "amount": formats.exact_money(line.amount, paper.currency),
    }
    return {name: text if name in paper.columns else "" for name, text in words.items()}


def _sums(paper: Paper) -> list[dict[str, Any]]:
    sums = [
        *_added(paper), ("Invoice total", paper.total, True), *_included(paper), ("Paid", paper.paid, False),
        ("Due on this invoice", paper.due, True),
    ]  # fmt: skip
    if paper.previous_due:
        sums.append(("Open on earlier invoices", paper.previous_due, False))
    return [
        {"label": label, "amount": formats.exact_money(amount, paper.currency), "strong": strong}
        for label, amount, strong in sums
    ]


def _added(paper: Paper) -> list[tuple[str, Decimal, bool]]:
    """The taxes that make the total of what is charged before them."""
    taxes = [(_tax(tax, paper.currency), tax.amount, False) for tax in paper.taxes if tax.is_added]
    return [("Before taxes", paper.net, False), *taxes] if taxes else []


def _included(paper: Paper) -> list[tuple[str, Decimal, bool]]:
    inside = [tax for tax in paper.taxes if not (tax.is_added or tax.is_exempt)]
    return [(f"Includes {_tax(tax, paper.currency)}", tax.amount, False) for tax in inside]


def _tax(tax: PaperTax, currency: str) -> str:
    return f"{tax.label} on {formats.exact_money(tax.base, currency)}"


def _closing(paper: Paper) -> str:
    exempt = [f"{tax.label}." for tax in paper.taxes if tax.is_exempt]
    return " ".join((*exempt, _to_pay(paper)))


def _to_pay(paper: Paper) -> str:
    if paper.is_void:
        return "This invoice is void: nothing is to be paid on it."
    if paper.due == 0:
        return "Nothing is to be paid on this invoice."
    return f"Please pay by {_day(paper.due_on, paper)}, and give the invoice number {paper.number}."
