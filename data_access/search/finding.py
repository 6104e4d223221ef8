"""Finding: what typed text is searched as, kind by kind, and what it is found as."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from sqlalchemy import ColumnElement, or_, select

from data_access.base.text.text_keys import ascii_lower, fold, fold_tax_id, phone_forms
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.search.text_match import means_phone
from data_access.search.trigrams import SHORTEST, Asked, Every, Part, Some, held_by

INVOICE = "invoice"
LABELS = {
    "code": "Customer ID", "name": "name", "contact": "contact", "email": "e-mail", "phone": "phone",
    "place": "address", "reference": "reference number", "tax_id": "tax ID", "account": "account", "login": "login",
    "did": "DID", INVOICE: "invoice",
}  # fmt: skip
IMPERSONAL = ("code", "reference", "account", "did")
_OF_WORDS = ("name", "contact", "place")
_FOLDED = ("code", "name", "contact", "email", "place", "reference", "login")
_NUMBERS = ("phone", "did")
_MOST_WORDS = 20
_LONGEST = 400
_BEFORE_A_WORD = (" ", "-")
_BEFORE_SHORT = {1: "\n ", 2: " "}  # what is too short to be looked for within stands at a beginning
_BILLS = Invoice.__table__.c


class How(IntEnum):
    """How a text is found in what is kept, the closest first."""

    IS = 0
    BEGINS = 1
    WORDS = 2
    WITHIN = 3


def _ranked(*groups: tuple[tuple[str, ...], tuple[How, ...]]) -> dict[tuple[str, How], int]:
    return {
        (name, how): rank for rank, (names, ways) in reversed([*enumerate(groups)]) for name in names for how in ways
    }


_CODES = ("reference", "account", "login", "tax_id", "did", INVOICE)
RANKS = _ranked(
    (("code",), (How.IS,)),
    ((*_CODES, "email", "phone"), (How.IS,)),
    (("code",), (How.BEGINS,)),
    (("name",), (How.IS, How.BEGINS)),
    (("name",), (How.WORDS,)),
    (("email",), (How.BEGINS,)),
    (("contact",), (How.IS, How.BEGINS, How.WORDS)),
    (("reference", "account", "login", "tax_id"), (How.BEGINS,)),
    (("name",), (How.WITHIN,)),
    (("name and address",), (How.WORDS,)),
    ((*_NUMBERS, "code"), (How.BEGINS, How.WITHIN)),
    (("place",), (How.IS, How.BEGINS, How.WORDS)),
    (tuple(LABELS), (How.WITHIN,)),
)


@dataclass(frozen=True, slots=True)
class FoundAs:
    """As what a customer was found: the rank, the kind, and the text that is kept."""

    rank: int
    kind: str
    text: str


@dataclass(frozen=True)
class Wanted:
    """A typed text. Not `personal`: it is looked for in what names nobody."""

    text: str
    personal: bool

    @cached_property
    def folded(self) -> str:
        return fold(self.text)[: _LONGEST + 1]

    @cached_property
    def words(self) -> tuple[str, ...]:
        words = tuple(self.folded.split())
        return words if len(words) <= _MOST_WORDS else ()

    @cached_property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """What is looked for in each column; digits alone are not looked for among phones until they mean one."""
        if not self.folded or len(self.folded) > _LONGEST:
            return {}
        phones = phone_forms(self.text) if means_phone(self.text) else ()
        texts = dict.fromkeys(_FOLDED, (self.folded,)) | dict.fromkeys(_NUMBERS, phones)
        texts |= {"account": (ascii_lower(self.text.strip()),), "tax_id": (fold_tax_id(self.text),)}
        return {name: tuple(filter(None, each)) for name, each in texts.items() if self.personal or name in IMPERSONAL}

    @cached_property
    def asked(self) -> Asked | None:
        """What holds it, and names and addresses with each of its words; of two letters, the words that they begin."""
        parts = [Part(names, f"{_BEFORE_SHORT.get(len(text), '')}{text}") for text, names in self._grouped()]
        return Some((*parts, *self._words())) if parts else None

    def _grouped(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each text with all columns that it is looked for in."""
        for text in dict.fromkeys(text for texts in self.texts.values() for text in texts):
            yield text, tuple(name for name, texts in self.texts.items() if text in texts)

    def _words(self) -> list[Asked]:
        """One word alone is held wherever it begins a word."""
        if not self.personal or len(self.words) < 2 or all(len(word) + 1 < SHORTEST for word in self.words):
            return []
        return [Every(tuple(Some(tuple(Part(_OF_WORDS, f"{mark}{w}") for mark in _BEFORE_A_WORD)) for w in self.words))]

    def found_as(self, kept: dict[str, str]) -> FoundAs | None:
        """As what one row of kept texts is found; None: it is not."""
        found = [
            FoundAs(RANKS[name, how], name, value)
            for name in kept
            for value in _values(kept[name])
            if (how := self._how(name, value)) is not None
        ]
        near = "\n".join(kept.get(name, "") for name in _OF_WORDS)
        if not found and self.personal and self.words and _begin_words(self.words, near):
            found = [FoundAs(RANKS["name and address", How.WORDS], "name and address", "")]
        return min(found, key=lambda one: one.rank, default=None)

    def _how(self, name: str, value: str) -> How | None:
        texts = [text.removeprefix("\n ") for text in self.texts.get(name, ())]
        if value in texts:
            return How.IS
        if any(value.startswith(text) for text in texts):
            return How.BEGINS
        if texts and name in _OF_WORDS and self.words and _begin_words(self.words, f" {value}"):
            return How.WORDS
        whole = [text for text in self.texts.get(name, ()) if not text.startswith("\n")]
        return How.WITHIN if any(text in value for text in whole if len(text) >= SHORTEST) else None


def found_by(text: str, *, personal: bool) -> ColumnElement[bool]:
    """Whether the finder finds a customer by the text, typing errors apart."""
    invoiced = Customer.id.in_(select(_BILLS.customer_id).where(_BILLS.number == text.strip()))
    return or_(held_by(Wanted(text, personal).asked), invoiced)


def _values(kept: str) -> list[str]:
    return [value for line in kept.split("\n") if (value := line.strip())]


def _begin_words(words: tuple[str, ...], text: str) -> bool:
    return all(any(f"{mark}{word}" in text for mark in _BEFORE_A_WORD) for word in words)
