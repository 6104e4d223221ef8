"""What a demo customer has: lines and cards, subscriptions, numbers, and remarks that people made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from data_access.base.clock import day_in
from data_access.base.text.text_keys import fold
from data_access.domain.billing.periods import Period
from data_access.domain.passwords import NOBODYS_HASH
from data_access.domain.usage.wallets import last_day
from data_access.models.customers import AccountKind
from data_access.models.quotas import Unit
from data_access.models.services import Adjustment, ChargeModel
from data_access.seed.destiny import ENDED, Destiny, Life
from data_access.seed.names import Land
from data_access.seed.reference import PLANS, Segment

Row = dict[str, Any]
_NINE_DIGITS = {"FR"}  # of a number there; elsewhere ten are possible
_DAY = timedelta(days=1)
PlanIds = Mapping[tuple[str, str], int]
_DISCOUNTED, _WITH_A_DISCOUNT, _WITH_A_WALLET, _TAGGED = 0.02, 0.1, 0.25, 0.08  # of the customers that can have it
_LINES = {Segment.RESIDENTIAL: (1, 2), Segment.BUSINESS: (2, 8), Segment.WHOLESALE: (1, 3), Segment.PREPAID: (1, 1)}
_PRODUCTS = {
    AccountKind.PHONE_LINE: ("Home line", "Office line", "Trunk of ten channels"),
    AccountKind.SIM: ("Mobile S", "Mobile M", "Mobile L"),
    AccountKind.INTERNET: ("Fibre 100", "Fibre 500", "DSL 50"),
}
_NOTES = (
    "Prefers calls after 18:00.", "Asked for the invoice on paper.", "Line tested, all in order.",
    "Promised to pay by the end of the week.", "Wants an offer for a second line.", "New contact in accounting.",
)  # fmt: skip
_STICKY = ("Do not call: e-mail only.", "Key account: tell the manager first.", "Speaks English only.")


def accounts_of(life: Life, draw: Random) -> Iterator[Row]:
    """Its service endpoints."""
    for index in range(draw.randint(*_LINES[life.of_class.segment])):
        kind = AccountKind.SIM if life.pays_ahead else draw.choice(list(AccountKind))
        yield {
            "account_code": f"{40_000_000 + life.number:08}{index:02}", "kind": kind,
            "product": draw.choice(_PRODUCTS[kind]), "activated_on": life.created_at.date(), "ended_on": _end(life),
        }  # fmt: skip


def subscriptions_of(life: Life, draw: Random, plan_ids: PlanIds, running: Period) -> Iterator[Row]:
    """What it pays for every billing period; what is charged in advance is charged for the running one."""
    if life.pays_ahead:
        return
    adjusted = {"adjustment": Adjustment.NOT_SET, "fee_percent": 100}
    if Random(f"discount {life.number}").random() < _DISCOUNTED:
        adjusted = {"adjustment": Adjustment.DISCOUNT, "fee_percent": 80}
    for name, _, model in draw.sample(PLANS, draw.randint(1, 2)):
        yield {
            "plan_id": plan_ids[name, life.land.currency], "started_on": life.created_at.date(),
            "activated_on": life.created_at.date(), "finished_on": _end(life),
            "charged_until": running.last if model is ChargeModel.IN_ADVANCE else running.first - _DAY,
        } | adjusted  # fmt: skip


def discounts_of(life: Life, plan_ids: Mapping[str, int], running: Period) -> Iterator[Row]:
    """Its volume discount plan since the running period began; drawn apart, so that nothing else depends on it."""
    chosen = life.destiny is Destiny.IN_ORDER and not life.pays_ahead and life.land.currency in plan_ids
    if chosen and Random(f"volume {life.number}").random() < _WITH_A_DISCOUNT:
        created_on = day_in(life.land.zone, life.created_at)
        yield {"plan_id": plan_ids[life.land.currency], "started_on": max(running.first, created_on)}


def top_ups_of(life: Life, option_ids: Mapping[str, int]) -> Iterator[Row]:
    """The minutes that some who pay ahead were given when they came back lately."""
    draw = Random(f"wallet {life.number}")
    if life.destiny is Destiny.PREPAID and draw.random() < _WITH_A_WALLET:
        begun_on = max(day_in(life.land.zone, life.created_at), life.today - draw.randrange(40) * _DAY)
        yield {
            "option_id": option_ids[life.land.currency], "service": "Calls", "unit": Unit.MINUTES,
            "quantity": Decimal(50), "begun_on": begun_on, "expires_on": last_day(begun_on, 60),
        }  # fmt: skip


def dids_of(life: Life, draw: Random, running: Period) -> Iterator[Row]:
    """The numbers that it holds; who is gone for good holds none."""
    if life.of_class.segment is Segment.BUSINESS and life.destiny not in ENDED:
        for index in range(draw.randint(0, 3)):
            whole = f"{20_000_000 + life.number:08}{index:02}"
            row = did(life.land, whole[0] + whole[2:] if life.land.code in _NINE_DIGITS else whole, draw)
            yield row | {
                "fee_currency": life.land.currency,
                "assigned_on": life.created_at.date(),
                "charged_until": running.first - _DAY,
            }


def did(land: Land, digits: str, draw: Random) -> Row:
    """A number as the vendor gives it."""
    return {
        "number": f"{land.calling_code}{digits}", "country": land.code,
        "fee": Decimal(draw.choice(("1.50", "2.00", "3.50"))),
        "fee_currency": None, "vendor_cost": Decimal(draw.choice(("0.60", "0.90", "1.20"))), "vendor_currency": "EUR",
        "free_of_charge": draw.random() < 0.1,
    }  # fmt: skip


def notes_of(life: Life, draw: Random) -> Iterator[Row]:
    """What people wrote about it."""
    if draw.random() < 0.2:
        sticky = draw.random() < 0.2
        at = life.created_at + draw.random() * ((life.ended_at or life.now) - life.created_at)
        text = draw.choice(_STICKY if sticky else _NOTES)
        yield {"at": at, "author": draw.choice(("support", "manager")), "text": text, "sticky": sticky}


def tags_of(life: Life, tag_ids: Sequence[int]) -> Iterator[Row]:
    """A tag for some of those who are not gone for good."""
    draw = Random(f"tag {life.number}")
    if life.destiny not in ENDED and draw.random() < _TAGGED:
        yield {"tag_id": draw.choice(tag_ids)}


def _end(life: Life) -> date | None:
    return life.ended_at.date() + timedelta(days=1) if life.ended_at and life.destiny in ENDED else None


def logins_of(life: Life) -> Iterator[Row]:
    """Every third customer comes into web self-care, with a password that nobody knows."""
    if life.number % 3 == 0:
        login = f"{life.land.code.lower()}{100_000 + life.number}"
        yield {
            "login": login, "login_key": fold(login), "password_hash": NOBODYS_HASH, "password_set_at": life.created_at,
        }  # fmt: skip


def self_care_of(life: Life) -> Iterator[Row]:
    """A few see it otherwise than their class says."""
    if life.number % 30 == 0:
        yield {"language": "fr", "output_date": "DD MON YYYY"}


def features_of(life: Life) -> Iterator[Row]:
    """A few companies have features of their own."""
    if life.of_class.segment is Segment.BUSINESS and life.number % 4 == 0:
        yield {
            "music_on_hold": True, "music_file": "reception.wav", "limits_calls": True, "calls_total": 20,
            "calls_forwarded": 4,
        }  # fmt: skip


def features_of_accounts(accounts: Sequence[Row], configured: Sequence[Row]) -> Iterator[Row]:
    """Of a company that has features of its own, the first account has fewer calls and another tune."""
    if configured and len(accounts) > 1 and accounts[0]["ended_on"] is None:
        yield {
            "customer_id": accounts[0]["customer_id"], "account_id": accounts[0]["id"], "music_on_hold": True,
            "music_file": "sales.wav", "limits_calls": True, "calls_total": 2,
        }  # fmt: skip
