"""Every rule, over the whole source; and every rule over a planted violation, to prove that it works."""

import pytest

from tests.architecture.facts import FACTS, SECOND_PLACES
from tests.architecture.rules import RULES, Rule
from tests.architecture.source import PRODUCT, Module, modules

SOURCE = modules(*PRODUCT, "tests", "bench")
EVERY_RULE = [*RULES, *FACTS]
BY_NAME = {rule.name: rule for rule in EVERY_RULE}

FAULTS = [
    *SECOND_PLACES,
    ("what a person orders goes through a form", "dashboard/dialogs/x.py", "access.execute(order)"),
    ("a draft is kept by its form", "dashboard/dialogs/x.py", "drafts.renew(engine, draft, now)"),
    ("rows are selected through visible()", "data_access/queries/x.py", "select(Customer.id).where(Customer.blocked)"),
    ("rows are selected through visible()", "data_access/queries/x.py", "sa.select(func.count(Invoice.id))"),
    ("rows are selected through visible()", "data_access/commands/x.py", "work.session.get(Customer, 1)"),
    (
        "facts are reckoned from texts as they stand",
        "data_access/services/facts/x.py",
        "q.with_only_columns(Transaction.reference)",
    ),
    (
        "facts are reckoned from texts as they stand",
        "data_access/services/facts/x.py",
        "key = row.reference.partition(', ')[0]",
    ),
    ("one place commits a command", "data_access/commands/x.py", "work.session.commit()"),
    ("one place commits a command", "data_access/jobs/x.py", "with engine.begin() as connection: print(connection)"),
    ("what people typed is escaped", "dashboard/x.py", "st.caption(f'By {note.author}')"),
    ("what people typed is escaped", "dashboard/x.py", "st.warning(row.reason)"),
    ("no test asks the clock before it runs", "tests/pages/test_x.py", "TODAY = system_clock().date()"),
    ("processes of tests are forked from one server", "tests/x.py", "multiprocessing.get_context('forkserver')"),
    ("a test asserts something of nothing too", "tests/x.py", "def test_a():\n    for r in rows():\n        assert r"),
    ("time is handed in", "data_access/commands/x.py", "at = datetime.now(UTC)"),
    ("time is handed in", "dashboard/x.py", "today = datetime.date.today()"),
    ("time is handed in", "data_access/queries/x.py", "Invoice.due_at < func.now()"),
    ("time is handed in", "data_access/models/x.py", "made_at = mapped_column(default_factory=datetime.now)"),
    ("an average of amounts is taken by mean()", "data_access/queries/x.py", "func.avg(Customer.balance)"),
    (
        "money in a sentence is written by exact_money()",
        "data_access/x.py",
        "f'{held:f} {row.currency}: no more can be taken.'",
    ),
    ("money in a sentence is written by exact_money()", "data_access/x.py", "f'Of {limit:,.2f}, nothing is left.'"),
    ("money in a sentence is written by exact_money()", "data_access/x.py", "f'{amount.normalize():f} {currency}'"),
    ("who can is asked, not written", "dashboard/x.py", "st.info('This is too much. An admin can book it.')"),
    ("of what concerns all, who can is asked of the actor", "dashboard/x.py", "who_can(Permission.CLASS_EDIT)"),
    ("people read plain English", "dashboard/x.py", "st.info('It starts anew by itself.')"),
    ("columns are named, never *", "data_access/queries/x.py", "text('SELECT * FROM customers')"),
    ("SQL is not put together from texts", "data_access/queries/x.py", "text(f'SELECT id FROM c WHERE n = {name}')"),
    ("SQL is not put together from texts", "data_access/queries/x.py", "connection.exec_driver_sql('DROP ' + name)"),
    ("no error is caught blindly", "dashboard/x.py", "try: go()\nexcept Exception: stop()"),
    ("no error is caught blindly", "dashboard/x.py", "try: go()\nexcept: stop()"),
    ("no error is caught blindly", "dashboard/x.py", "try: go()\nexcept (KeyError, BaseException): stop()"),
    ("no error is swallowed", "data_access/x.py", "try: go()\nexcept KeyError: pass"),
    ("pages write no HTML", "pages/x.py", "st.html('<b>x</b>')"),
    ("pages write no HTML", "pages/x.py", "st.markdown('<b>x</b>', unsafe_allow_html=True)"),
    ("text from people is not read as markdown", "pages/x.py", "st.markdown(f'# {customer.name}')"),
    ("text from people is not read as markdown", "pages/x.py", "st.caption(customer.name)"),
    ("text from people is not read as markdown", "pages/x.py", "st.warning('Not ' + customer.name)"),
    ("pages keep no state and no cache of their own", "pages/x.py", "st.session_state['a'] = 1"),
    ("pages keep no state and no cache of their own", "pages/x.py", "@st.cache_data\ndef ask(): ..."),
    ("the address is read in the kit", "pages/x.py", "st.query_params.get('id')"),
    ("a page is left by one door", "dashboard/x.py", "st.switch_page('pages/customers.py')"),
    ("a table is drawn by the table kit", "dashboard/x.py", "st.dataframe(rows, hide_index=True)"),
    ("a file is offered to its own session", "dashboard/x.py", "st.download_button('Save', content, 'x.csv')"),
    ("marks are drawn as SVG, not by WebGL", "dashboard/charts/x.py", "go.Scattergl(x=x)"),
    ("choices side by side say whether they break", "dashboard/x.py", "st.pills('Kinds', kinds)"),
    ("a package has no face", "data_access/queries/__init__.py", "'''Queries.'''\nfrom data_access import access"),
    ("a whole number is read by whole_number()", "dashboard/x.py", "if text.isdigit(): count = int(text)"),
    ("a whole number is read by whole_number()", "data_access/x.py", "re.fullmatch('[0-9]{1,9}', text)"),
    (
        "a Customer ID means a customer by its letters",
        "dashboard/x.py",
        "visible(Customer, actor).where(Customer.customer_code_key == fold(code))",
    ),
    ("a table says its height", "dashboard/x.py", "st.dataframe(rows, height='content')"),
    ("a module says what it is", "dashboard/x.py", "answer = 42"),
    ("what types leave out has its reason", "dashboard/x.py", "go(x)  # type: ignore[arg-type]"),
    ("nothing is left to do", "dashboard/x.py", "# TODO: later"),
    ("no test is skipped or expected to fail", "tests/test_x.py", "@pytest.mark.skip()\ndef test_x(): ..."),
    ("our own code is not mocked", "tests/test_x.py", "from unittest.mock import patch"),
]

ALLOWED = [
    (
        "rows are selected through visible()",
        "data_access/queries/x.py",
        "visible(Customer, actor).where(Customer.id == 1)",
    ),
    ("rows are selected through visible()", "data_access/queries/x.py", "select(found.c.id, func.count())"),
    ("one place commits a command", "data_access/store/unit_of_work.py", "self.session.commit()"),
    ("money in a sentence is written by exact_money()", "data_access/x.py", "f'{share:f} % of the limit'"),
    ("money in a sentence is written by exact_money()", "data_access/x.py", "f'{amount:f}'"),
    ("who can is asked, not written", "dashboard/x.py", "f'{who_can(right).capitalize()} can.'"),
    ("of what concerns all, who can is asked of the actor", "dashboard/x.py", "me.who_can(Permission.CLASS_EDIT)"),
    ("people read plain English", "dashboard/x.py", "st.info('It starts again automatically.')"),
    ("time is handed in", "data_access/base/clock.py", "datetime.now(UTC)"),
    ("text from people is not read as markdown", "pages/x.py", "st.caption(f'{escape(name)}: {len(rows)} of {all:,}')"),
    ("text from people is not read as markdown", "pages/x.py", "st.text(customer.name)"),
]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.name)
def test_the_source_keeps_the_rule(rule: Rule):
    assert not [place for module in SOURCE for place in rule.broken_at(module)]


@pytest.mark.parametrize(("rule", "path", "fault"), FAULTS)
def test_a_planted_fault_is_seen(rule: str, path: str, fault: str):
    assert BY_NAME[rule].broken_at(Module(path, fault))


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_what_is_right_is_let_through(rule: str, path: str, text: str):
    assert not BY_NAME[rule].broken_at(Module(path, text))


def test_every_rule_has_a_planted_fault():
    assert {rule for rule, _, _ in FAULTS} == set(BY_NAME)
