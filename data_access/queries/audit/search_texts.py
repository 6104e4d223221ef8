"""Search texts: the row of `search_texts` for each row that a customer is found by, as the triggers write it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data_access.base.text.text_keys import ascii_lower, fold_tax_id
from data_access.domain.sections import ADDRESS_INFO
from data_access.models.base import Base
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.self_care import SelfCareLogin
from data_access.models.customers import Account, Customer
from data_access.models.numbers import Did

Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """A kind of rows that customers are found by: whose each is, and its texts by column of `search_texts`."""

    model: type[Base]
    owner: Any
    columns: tuple[Any, ...]
    texts: Callable[[Any], Texts]


def kept(*texts: str | None) -> str:
    """Those that are not blank, each between a new line with a blank and a new line."""
    return "".join(f"\n {text}\n" for text in texts if text)


def _of_customer(row: Any) -> Texts:
    person = f"{row.texts_key.get('first_name', '')} {row.texts_key.get('last_name', '')}".strip()
    folded = row.texts_key | {"email": row.email_key, "phone": row.phone_key, "city": row.city_key}
    told: dict[str, list[str]] = defaultdict(list)
    for field in ADDRESS_INFO:
        told[field.found_as].append(folded.get(field.name, ""))
    names = (row.name_key, person if person != row.name_key else "")
    return {**{column: tuple(texts) for column, texts in told.items()}, "code": (row.customer_code_key,), "name": names}


def _of_info(row: Any) -> Texts:
    return {"reference": (row.reference_number_key,), "tax_id": (fold_tax_id(row.tax_id),)}


def _of_did(row: Any) -> Texts:
    return {"did": ("" if row.removed_at else row.number,)}


SOURCES = (
    Found(Customer, Customer.id, (
        Customer.customer_code_key, Customer.name_key, Customer.email_key, Customer.phone_key, Customer.city_key,
        Customer.texts_key,
    ), _of_customer),
    Found(AdditionalInfo, AdditionalInfo.customer_id, (AdditionalInfo.reference_number_key, AdditionalInfo.tax_id),
         _of_info),
    Found(Account, Account.customer_id, (Account.account_code,),
         lambda row: {"account": (ascii_lower(row.account_code),)}),
    Found(SelfCareLogin, SelfCareLogin.customer_id, (SelfCareLogin.login_key,),
         lambda row: {"login": (row.login_key or "",)}),
    Found(Did, Did.customer_id, (Did.number, Did.removed_at), _of_did),
)  # fmt: skip
