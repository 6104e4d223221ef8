"""Features of services: what each is called and takes, as a class gives it and as a customer may have its own."""

from dataclasses import replace
from enum import StrEnum

from sqlalchemy.orm import Mapped

from data_access.fields.field import Field, When, declared
from data_access.fields.kinds import CHOICE, DIALLED, INTEGER, PER_CLASS, TEXT, TICK, YES
from data_access.models.base import choice

MOST_CALLS = 10_000


class IdentitySupplied(StrEnum):
    """Whether the called see who calls."""

    UNLESS_HIDDEN = "unless_the_caller_hides_it"
    ALWAYS = "always"
    NEVER = "never"


class IdentityAccepted(StrEnum):
    """Which identity of a caller is taken as it comes from the customer's equipment."""

    OWN_NUMBERS = "own_numbers_only"
    ANY = "any_number"
    NONE = "none"


class ProxyLevel(StrEnum):
    """When the media of calls passes our proxy."""

    WHEN_NEEDED = "when_needed"
    ALWAYS = "always"
    NEVER = "never"


def _with(flag: str) -> When:
    return When(flag, frozenset({YES}))


def _calls(label: str) -> Field:
    return Field(
        INTEGER, label, MOST_CALLS, 0, stands_for="not limited", shown_when=_with("limits_calls"), help="At a time."
    )


MUSIC = Field(TICK, "Music on hold")
MUSIC_FILE = Field(
    TEXT, "File of the music", 120, stands_for="the standard tune", shown_when=_with("music_on_hold"),
    help="The name of the file at the switch, such as waiting.wav.",
)  # fmt: skip
PARKING = Field(TICK, "Call parking", help="A call is put aside and taken up again at another telephone.")
PAGING = Field(TICK, "Paging", help="An announcement to a group of telephones.")
PAGING_PREFIX = Field(
    DIALLED, "Paging prefix", 8, stands_for="none", shown_when=_with("paging"),
    help="What is dialled in front of the group.",
)  # fmt: skip
ACCEPTED = Field(CHOICE, "Caller identity accepted", of=IdentityAccepted, needed="Choose which is accepted.")
SUPPLIED = Field(CHOICE, "Caller identity supplied", of=IdentitySupplied, needed="Choose when it is supplied.")
LIMITS = Field(TICK, "Limit simultaneous calls")
CALLS = _calls("Calls in total")
INCOMING, OUTGOING, FORWARDED = (_calls(f"{way} calls") for way in ("Incoming", "Outgoing", "Forwarded"))
RULES = Field(TICK, "Dialing rules", help="Numbers are dialled as the customer is used to, and translated.")
_PREFIX = Field(DIALLED, "", 8, stands_for="none", shown_when=_with("dialing_rules"))
OUTSIDE = replace(_PREFIX, label="For an outside line")
INTERNATIONAL = replace(_PREFIX, label="In front of an international number")
NATIONAL = replace(_PREFIX, label="In front of a national number")
PROXY = Field(CHOICE, "RTP proxy", of=ProxyLevel, needed="Choose when the proxy is used.")


def own(of_class: Field, column: str) -> Field:
    """The same as a customer's own, which may be left to the class."""
    kind = PER_CLASS if of_class.kind is TICK else of_class.kind
    return replace(of_class, kind=kind, needed="", stands_for="As class", inherits=column)


class ServicesOfClass:
    """How services of its customers work, unless a customer has its own."""

    music_on_hold: Mapped[bool] = declared(MUSIC)
    music_file: Mapped[str] = declared(MUSIC_FILE)
    call_parking: Mapped[bool] = declared(PARKING)
    paging: Mapped[bool] = declared(PAGING)
    paging_prefix: Mapped[str] = declared(PAGING_PREFIX)
    identity_accepted: Mapped[IdentityAccepted] = declared(
        ACCEPTED, type_=choice(IdentityAccepted), default=IdentityAccepted.OWN_NUMBERS
    )
    identity_supplied: Mapped[IdentitySupplied] = declared(
        SUPPLIED, type_=choice(IdentitySupplied), default=IdentitySupplied.UNLESS_HIDDEN
    )
    limits_calls: Mapped[bool] = declared(LIMITS)
    calls_total: Mapped[int | None] = declared(CALLS)
    calls_incoming: Mapped[int | None] = declared(INCOMING)
    calls_outgoing: Mapped[int | None] = declared(OUTGOING)
    calls_forwarded: Mapped[int | None] = declared(FORWARDED)
    dialing_rules: Mapped[bool] = declared(RULES)
    outside_prefix: Mapped[str] = declared(OUTSIDE)
    international_prefix: Mapped[str] = declared(INTERNATIONAL)
    national_prefix: Mapped[str] = declared(NATIONAL)
    rtp_proxy: Mapped[ProxyLevel] = declared(PROXY, type_=choice(ProxyLevel), default=ProxyLevel.WHEN_NEEDED)
