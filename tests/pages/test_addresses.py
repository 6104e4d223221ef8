"""Addresses: whatever somebody writes behind the question mark of a page, the page opens."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.audit.audit_bar import VIEW
from dashboard.jobs.jobs_table import JOB
from dashboard.kit.addresses.list_state import AFTER, BEFORE, PAGE, SORT
from dashboard.kit.addresses.navigation import HOME, PAGES, PageEntry
from dashboard.planned.planned_bar import PlannedFilter
from dashboard.planned.planned_list import PLAN
from data_access.base.permissions import Role
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.collections.collections import CollectionFilter
from data_access.queries.pagination.by_key import Sort
from data_access.search.advanced_filter import PARAM
from data_access.search.filters import CustomerFilter
from data_access.search.operations import Operation
from data_access.search.search_fields import FIELDS
from tests.support.builders import a_customer, an_invoice
from tests.support.databases import SqliteDatabases
from tests.support.desk_app import desk_app_on
from tests.support.examples import examples

OF_A_PAGE = 12  # examples, each with a value for every parameter there is
ABOUT_ONE = ("customer", "invoice", "next_invoice", "customer_class")
FILTERS = (CustomerFilter, PlannedFilter, AuditFilter, CollectionFilter)

LONG = [zeros + digits for zeros in ("", "0" * 11, "0" * 19, "0" * 5000) for digits in ("1", "9" * 40, "9" * 5000)]
ODD = ["2147483648", "9223372036854775808", "١", "²5", "１", "½", "+1", "-0", "-1", "1_0", "1e3", "1.0", "", " "]
BLANK = [" 1 ", "\N{NO-BREAK SPACE}1", "1\N{EM SPACE}", "\N{ZERO WIDTH SPACE}1"]
STRANGE = [*LONG, *ODD, *BLANK]
NUMBERS = st.sampled_from(STRANGE)
DAYS = ["2026-01-01", "20260101", "9999-12-31", "0001-01-01", "2026-02-30", "٢٠٢٦-01-01"]
INSTANTS = [
    "2026-01-01T00:00:00+00:00",
    "2026-01-01T00:00:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
]
MOMENTS = st.sampled_from(INSTANTS)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = NUMBERS | MOMENTS | st.sampled_from(DAYS) | TEXTS
PLACES = st.builds("{}~{}".format, VALUES, NUMBERS) | st.builds("{}~{}~{}".format, NUMBERS, MOMENTS, NUMBERS)
CONDITIONS = st.builds("{}.{}.{}".format, st.sampled_from(sorted(FIELDS)), st.sampled_from(Operation), VALUES)
SHAPED = {
    SORT: st.sampled_from([sort.value for sort in Sort]),
    AFTER: PLACES,
    BEFORE: PLACES,
    PARAM: CONDITIONS,
    "below": st.builds("{}~{}~{}".format, MOMENTS, NUMBERS, NUMBERS),
    "at": st.builds("{}-{}".format, st.sampled_from(["older", "newer"]), NUMBERS),
}
KNOWN = {PAGE, VIEW, JOB, PLAN, "change", "tab", "kinds"} | {name for kind in FILTERS for name in kind.facets()}


def _several(shape: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """Repeated too, and now and then something else than the parameter is for."""
    return st.lists(shape | shape | shape | VALUES, min_size=1, max_size=2)


EVERY = {name: _several(SHAPED.get(name, VALUES)) for name in sorted(KNOWN | set(SHAPED))}


def addresses(page: str) -> st.SearchStrategy[dict[str, list[str]]]:
    """The id belongs to pages about one thing: on a list it is what Back leaves, and the rest is not looked at."""
    of_one = {"id": st.just(["1"]) | _several(NUMBERS)} if page in ABOUT_ONE else {}
    return st.fixed_dictionaries(EVERY | of_one)


@pytest.fixture(scope="module")
def app(sqlite_databases: SqliteDatabases) -> Iterator[AppTest]:
    """One administrator's dashboard for all examples: signing in takes longer than a page."""
    sqlite_databases.empty()
    url = sqlite_databases.kept.url.render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch, desk_app_on(url, patch) as desk:
        an_invoice(desk.engine, a_customer(desk.engine))
        yield desk.sign_in(Role.ADMIN).run()


def draw(app: AppTest, page: str, address: dict[str, list[str]]) -> None:
    app.query_params.clear()
    if page != HOME:
        app.switch_page(f"../pages/{page}.py")
    for name, values in address.items():
        app.query_params[name] = values
    assert not app.run().exception


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.file)
def test_a_page_opens_under_any_address(app: AppTest, entry: PageEntry) -> None:
    @settings(max_examples=examples(OF_A_PAGE), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(address=addresses(entry.file))
    def opens(address: dict[str, list[str]]) -> None:
        draw(app, entry.file, address)

    opens()


@pytest.mark.parametrize("page", ABOUT_ONE)
def test_a_page_about_one_thing_opens_whatever_its_number_is(app: AppTest, page: str) -> None:
    for number in STRANGE:
        draw(app, page, {"id": [number]})
