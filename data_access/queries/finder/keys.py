"""Keys that begin with a text, each found by its own index."""

from typing import Any

from sqlalchemy import BindParameter, Integer, Select, String, bindparam, literal, select, text, union_all
from sqlalchemy.orm import InstrumentedAttribute

from data_access.base.permissions import Actor
from data_access.base.statuses import BillStatus
from data_access.base.text.text_keys import fold_phone
from data_access.domain.shown_status import live
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from data_access.search.finding import INVOICE, Wanted
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

_AFTER_EVERYTHING = "\U0010ffff"
_TEXT, _AFTER, _DIGITS, _AFTER_DIGITS, _TYPED = (
    bindparam(name, type_=String) for name in ("text", "after", "digits", "after_digits", "typed")
)
_MOST = bindparam("most", type_=Integer)
Found = tuple[int, str, str, str, bool]
_INFO, _LOGINS, _BILLS = AdditionalInfo.__table__, SelfCareLogin.__table__, Invoice.__table__
_HAS_ONE = text("reference_number_key <> ''")  # as the index says it


def by_keys(reader: Reader, wanted: Wanted, most: int) -> list[Found]:
    """Of each kind at most so many: the id, the order among equals, the kind, the key and whether they are gone."""
    digits = fold_phone(wanted.text).lstrip("0") if wanted.texts.get("phone") else ""
    asked = {
        "text": wanted.folded, "after": wanted.folded + _AFTER_EVERYTHING, "most": most, "typed": wanted.text.strip(),
        "digits": digits or _AFTER_EVERYTHING, "after_digits": digits + _AFTER_EVERYTHING,
    }  # fmt: skip
    found = reader.session.execute(_statement(reader.actor, wanted.personal), asked)
    return [(row.id, row.name_key, row.kind, row.key, row.is_closed) for row in found]


@made_once
def _statement(actor: Actor, personal: bool) -> Any:
    arms = [
        _begins(actor, "code", Customer.customer_code_key),
        _begins(actor, "reference", _INFO.c.reference_number_key).where(_HAS_ONE),
        _exactly(actor),
    ]
    if personal:
        arms += [
            _begins(actor, "name", Customer.name_key),
            _begins(actor, "email", Customer.email_key),
            _begins(actor, "phone", Customer.phone_key, first=_DIGITS, after=_AFTER_DIGITS),
            _begins(actor, "login", _LOGINS.c.login_key),
        ]
    found = [arm.subquery(f"by_{number}") for number, arm in enumerate(arms)]
    return union_all(*(select(*one.c) for one in found))


def _begins(
    actor: Actor, kind: str, key: Any, *, first: BindParameter[str] = _TEXT, after: BindParameter[str] = _AFTER
) -> Select[Any]:
    rows = _rows(actor, kind, key).where(live(), key >= first, key < after)
    return rows.order_by(key, Customer.id).limit(_MOST)


def _exactly(actor: Actor) -> Select[Any]:
    """Of the permanently terminated too, since their invoices are in no other index."""
    return _rows(actor, INVOICE, _BILLS.c.number).where(_BILLS.c.number == _TYPED).limit(_MOST)


def _rows(actor: Actor, kind: str, key: Any) -> Select[Any]:
    rows = visible(Customer, actor)
    if not isinstance(key, InstrumentedAttribute):
        rows = rows.join(key.table, key.table.c.customer_id == Customer.id)
    return rows.with_only_columns(
        Customer.id.label("id"), Customer.name_key.label("name_key"), literal(kind).label("kind"), key.label("key"),
        (Customer.bill_status == BillStatus.PERMANENTLY_TERMINATED).label("is_closed"), maintain_column_froms=True,
    )  # fmt: skip
