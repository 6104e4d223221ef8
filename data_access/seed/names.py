"""Names, addresses and numbers of the demo, by country: pools drawn once, the same in every run."""

from dataclasses import dataclass
from functools import cache
from random import Random

from faker import Faker

_POOL = 200
_PROVIDERS = [f"faker.providers.{of}" for of in ("address", "company", "person")]  # looking for all takes longer


@dataclass(frozen=True, slots=True)
class Land:
    """A country in which demo customers live. `price` turns an amount in EUR into one of its currency."""

    code: str
    locale: str
    zone: str
    currency: str
    share: int
    price: int
    phone: str

    @property
    def calling_code(self) -> str:
        """What a number of the country begins with."""
        return self.phone.partition(" ")[0].removeprefix("+")


LANDS = (
    Land("DE", "de_DE", "Europe/Berlin", "EUR", 30, 1, "+49 30 {:07}"),
    Land("GB", "en_GB", "Europe/London", "GBP", 20, 1, "+44 20 {:08}"),
    Land("US", "en_US", "America/Chicago", "USD", 18, 1, "+1 312 {:07}"),
    Land("FR", "fr_FR", "Europe/Paris", "EUR", 12, 1, "+33 1 4{:07}"),
    Land("SE", "sv_SE", "Europe/Stockholm", "SEK", 7, 11, "+46 8 {:07}"),
    Land("PL", "pl_PL", "Europe/Warsaw", "PLN", 6, 4, "+48 22 {:07}"),
    Land("CZ", "cs_CZ", "Europe/Prague", "CZK", 4, 25, "+420 2{:08}"),
    Land("JP", "ja_JP", "Asia/Tokyo", "JPY", 3, 160, "+81 3 {:08}"),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """What names and places in one country are made of."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    companies: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


@cache
def pool_of(land: Land) -> Pool:
    """The country's pool. Drawn from a fixed start, so that a customer is called the same in every run."""
    faker = Faker(land.locale, providers=_PROVIDERS)
    faker.seed_instance(land.code)
    return Pool(
        first=tuple(faker.first_name() for _ in range(_POOL)),
        last=tuple(faker.last_name() for _ in range(_POOL)),
        companies=tuple(faker.company() for _ in range(_POOL)),
        streets=tuple(faker.street_address().replace("\n", ", ") for _ in range(_POOL)),
        places=tuple((faker.city(), faker.postcode()) for _ in range(_POOL)),
    )


def whereabouts(land: Land, draw: Random, *, is_company: bool) -> dict[str, str]:
    """Who a customer is and where to find them: the personal columns of its row."""
    pool = pool_of(land)
    first, last = draw.choice(pool.first), draw.choice(pool.last)
    city, postal_code = draw.choice(pool.places)
    person = f"{first} {last}"
    number = draw.randrange(10**4, 10**7)
    return {
        "company_name": draw.choice(pool.companies) if is_company else "",
        "first_name": "" if is_company else first,
        "last_name": "" if is_company else last,
        "contact": person if is_company else first,
        "address_line_1": draw.choice(pool.streets),
        "city": city,
        "postal_code": postal_code,
        "country": land.code,
        "phone": land.phone.format(number),
        "email": f"{'office' if is_company else 'mail'}.{number}@example.{draw.choice(('com', 'net', 'org'))}",
    }
