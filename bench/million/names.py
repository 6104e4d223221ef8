"""Who the customers of a large book are: names, places and numbers by country, put together in SQL from pools."""

from collections.abc import Iterator
from dataclasses import dataclass

from faker import Faker

from data_access.base.text.text_keys import fold, fold_phone
from data_access.seed.names import LANDS, Land

SIZE = 1024  # a power of two: which one is drawn is read off the bits of a number
COLUMNS = (
    "land", "i", "first_name", "first_key", "last_name", "last_key", "mailbox", "company", "company_key", "street",
    "street_key", "city", "city_key", "postal_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two databases write differently."""

    name: str

    def padded(self, number: str, width: int) -> str:
        """A number with leading zeros."""
        return f"right('{'0' * width}' || ({number}), {width})" if self._is_postgresql else (
            f"substr('{'0' * width}' || ({number}), -{width})"
        )  # fmt: skip

    def later(self, moment: str, seconds: str) -> str:
        """A stored moment some seconds within its minute later, so that few share it."""
        if self._is_postgresql:
            return f"date_trunc('minute', {moment}) + ({seconds}) * interval '1 second'"
        return f"substr({moment}, 1, 17) || printf('%09.6f', {seconds})"

    def json(self, **texts: str) -> str:
        pairs = ", ".join(f"'{name}', {text}" for name, text in texts.items())
        return f"json_build_object({pairs})" if self._is_postgresql else f"json_object({pairs})"

    @property
    def _is_postgresql(self) -> bool:
        return self.name == "postgresql"


def pool_rows() -> Iterator[tuple[object, ...]]:
    """The pools of all countries, the same in every run."""
    for land in LANDS:
        faker = Faker(land.locale, providers=[f"faker.providers.{of}" for of in ("address", "company", "person")])
        faker.seed_instance(f"{land.code} in a large book")
        for i in range(SIZE):
            yield (land.code, i, *_drawn(faker))


def _drawn(faker: Faker) -> Iterator[str]:
    first, last, company = faker.first_name(), faker.last_name(), faker.company()
    street, city = faker.street_address().replace("\n", ", "), faker.city()
    mailbox = "".join(letter for letter in fold(last) if letter.isascii() and letter.isalpha()) or "mail"
    yield from (first, fold(first), last, fold(last), mailbox, company, fold(company), street, fold(street))
    yield from (city, fold(city), faker.postcode())


def land_rows() -> Iterator[tuple[str, str, str, int]]:
    """How phone numbers begin in each country, and how many digits follow."""
    for land in LANDS:
        begins, width = _phone(land)
        yield land.code, begins, fold_phone(begins), width


def _phone(land: Land) -> tuple[str, int]:
    begins, _, digits = land.phone.partition("{:")
    return begins, int(digits.rstrip("}"))


def drawn(bits: int, spread: int = 2654435761) -> str:
    """A place in a pool that follows from the new id `w.id`, a different one for each count of bits."""
    return f"(((w.id * {spread}) >> {bits}) & {SIZE - 1})"


def who(dialect: Dialect) -> dict[str, str]:
    """Each personal column of a customer as SQL. It takes the pools as `pf`, `pl`, `pc`, `pp`, the country as `l`."""
    number = "((w.id * 2246822519) >> 9) % 9000000 + 1000000"
    digits = dialect.padded(number, 7)
    is_company = "x.company_name <> ''"
    person = "pf.first_name || ' ' || pl.last_name"
    tld = "CASE w.id % 3 WHEN 0 THEN 'com' WHEN 1 THEN 'net' ELSE 'org' END"
    email = f"CASE WHEN {is_company} THEN 'office' ELSE pl.mailbox END || '.' || {digits} || '@example.' || {tld}"
    zeros = "CASE l.width WHEN 8 THEN '0' ELSE '' END"
    place = {"address_line_1": "pp.street_key", "postal_code": "lower(pp.postal_code)"}
    company_texts = dialect.json(company_name="pc.company_key || ' ' || pp.city_key", contact="pf.first_key", **place)
    own_texts = dialect.json(first_name="pf.first_key", last_name="pl.last_key", contact="pf.first_key", **place)
    return {
        "company_name": f"CASE WHEN {is_company} THEN pc.company || ' ' || pp.city ELSE '' END",
        "first_name": f"CASE WHEN {is_company} THEN '' ELSE pf.first_name END",
        "last_name": f"CASE WHEN {is_company} THEN '' ELSE pl.last_name END",
        "contact": f"CASE WHEN {is_company} THEN {person} ELSE pf.first_name END",
        "address_line_1": "pp.street",
        "city": "pp.city",
        "postal_code": "pp.postal_code",
        "phone": f"l.begins || {zeros} || {digits}",
        "email": email,
        "name_key": (
            f"CASE WHEN {is_company} THEN pc.company_key || ' ' || pp.city_key"
            " ELSE pf.first_key || ' ' || pl.last_key END"
        ),
        "city_key": "pp.city_key",
        "phone_key": f"l.begins_key || {zeros} || {digits}",
        "email_key": email,
        "texts_key": f"CASE WHEN {is_company} THEN {company_texts} ELSE {own_texts} END",
        "created_at": dialect.later("x.created_at", "w.id % 60 + (w.id % 999983) / 1000000.0 * 0.999"),
    }


JOINED = f"""
JOIN lands l ON l.land = x.country
JOIN pools pf ON pf.land = x.country AND pf.i = {drawn(7)}
JOIN pools pl ON pl.land = x.country AND pl.i = {drawn(17)}
JOIN pools pc ON pc.land = x.country AND pc.i = {drawn(11, 2246822519)}
JOIN pools pp ON pp.land = x.country AND pp.i = {drawn(5, 3266489917)}
"""
