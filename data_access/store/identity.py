"""Identity: which customer a Customer ID means. Its key decides uniqueness, its letters the customer (ruling 57)."""

from sqlalchemy import Select, bindparam
from sqlalchemy.orm import Session

from data_access.base.errors import Rejected
from data_access.base.permissions import Actor
from data_access.base.text.text_keys import fold, is_same_code, not_meant
from data_access.models.customers import Customer
from data_access.store.confined import made_once
from data_access.store.scope import visible


def meant_by(session: Session, actor: Actor, code: str) -> int | None:
    """The id of the customer, or None; Rejected where the ID of another one merely folds alike."""
    found = session.execute(_of_key(actor), {"key": fold(code)}).one_or_none()
    if found is None:
        return None
    if not is_same_code(code, found.customer_code):
        raise Rejected(not_meant(code, found.customer_code))
    return int(found.id)


@made_once
def _of_key(actor: Actor) -> Select[int, str]:
    same = visible(Customer, actor).where(Customer.customer_code_key == bindparam("key"))
    return same.with_only_columns(Customer.id, Customer.customer_code)
