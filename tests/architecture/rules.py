"""The rules that no linter ships: what each forbids, where it applies, and where it does not."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from data_access.base.permissions import CONCERNS_ALL
from tests.architecture.source import PRODUCT, Module, names_in, tables

Finder = Callable[[Module], Iterator[int]]

TABLES = tables()
TELLS_TIME = re.compile(
    r"(\w+\.)?(datetime|date|Timestamp)\.(now|utcnow|today)|time\.(time|localtime|gmtime)"
    r"|func\.(now|current_timestamp|current_date|localtimestamp|sysdate)"
)
BARE_SESSION = re.compile(r"(\w+\.)*session\.(get|get_one|query)")
COMMITS = re.compile(r"(.+\.)?(commit|begin)")
STAR = re.compile(r"select\s+(\w+\.)?\*", re.IGNORECASE)
MARKDOWN = re.compile(
    r"st\.(markdown|write|caption|title|header|subheader|info|success|warning|error|toast|badge|metric|expander)"
)
PLAIN_CALLS = re.compile(r"(\w+\.)*(escape|len)")
OF_ALL = "|".join(right.name for right in CONCERNS_ALL)
WHO_CAN = re.compile(r"\b(support|analyst|manager|admin|administrator)s? can\b", re.IGNORECASE)
OLD_WORDS = re.compile(
    r"\b(anew|mend|whoever|by itself|by themselves|shall|by now|a line each|to who|come(s)? in with)\b", re.IGNORECASE
)
ALL_ERRORS = {"Exception", "BaseException"}
TYPED_BY_PEOPLE = {
    "author", "city", "company_name", "customer_code", "description", "email", "first_name", "internal_comment",
    "last_name", "login", "name", "reason", "reference", "says", "text", "visible_comment",
}  # fmt: skip
ESCAPES = re.compile(r"(\w+\.)*(escape|prose|lines)")
SURE = re.compile(r"range|zip|enumerate|product|frozenset|[A-Z]\w*(\.\w+)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `but_in` names the places where it does not hold, each for the reason written beside it."""

    name: str
    finds: Finder
    folders: tuple[str, ...] = PRODUCT
    but_in: tuple[str, ...] = ()

    def broken_at(self, module: Module) -> list[str]:
        """Where the module breaks the rule; nothing where the rule does not hold."""
        if not module.path.startswith(self.folders) or module.path.startswith(self.but_in or ("-",)):
            return []
        return [f"{module.path}:{line}" for line in self.finds(module)]


def _called(pattern: re.Pattern[str]) -> Finder:
    return lambda module: (call.lineno for name, call in module.calls() if pattern.fullmatch(name))


def _read(pattern: re.Pattern[str]) -> Finder:
    return lambda module: (node.lineno for name, node in module.attributes() if pattern.fullmatch(name))


def _bare_select(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        if name.rpartition(".")[2] in {"select", "aliased"} and name.rpartition(".")[0] in {"", "sa", "sqlalchemy"}:
            yield from (call.lineno for argument in call.args if names_in(argument) & TABLES)
        elif BARE_SESSION.fullmatch(name):
            yield call.lineno


def _star(module: Module) -> Iterator[int]:
    return (n.lineno for n in module.nodes if isinstance(n, ast.Constant) and STAR.search(str(n.value)))


def _text_put_together(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        if name.rpartition(".")[2] in {"text", "exec_driver_sql", "literal_column"} and not name.startswith("st."):
            yield from (call.lineno for a in call.args[:1] if isinstance(a, ast.JoinedStr | ast.BinOp))


def _catches_all(module: Module) -> Iterator[int]:
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and (node.type is None or names_in(node.type) & ALL_ERRORS):
            yield node.lineno


def _swallows(module: Module) -> Iterator[int]:
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body):
            yield node.lineno


def _html(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        if name in {"st.html", "st.iframe"} or any(word.arg == "unsafe_allow_html" for word in call.keywords):
            yield call.lineno


def _is_plain(node: ast.AST) -> bool:
    """Whether a text for markdown holds only our own words, escaped text and counts."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()  # a text of the module itself
        case ast.JoinedStr(values=parts):
            return all(map(_is_plain, parts))
        case ast.FormattedValue(value=value, format_spec=spec):
            return _is_plain(value) or (spec is not None and "," in ast.unparse(spec))
        case ast.BinOp(left=left, right=right):
            return _is_plain(left) and _is_plain(right)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_plain(body) and _is_plain(orelse)
        case ast.Call(func=called):
            return PLAIN_CALLS.fullmatch(ast.unparse(called)) is not None
    return False


def _unescaped(module: Module) -> Iterator[int]:
    for name, call in module.calls():
        if MARKDOWN.fullmatch(name) and not all(map(_is_plain, call.args[:1])):
            yield call.lineno


def _typed_by_people(module: Module) -> Iterator[int]:
    """What people type, straight into markdown: a column that holds it, with nothing around it that escapes it."""
    for name, call in module.calls():
        if MARKDOWN.fullmatch(name):
            yield from (node.lineno for node in _open(call.args[:1]) if node.attr in TYPED_BY_PEOPLE)


def _open(nodes: Iterable[ast.AST]) -> Iterator[ast.Attribute]:
    for node in nodes:
        if isinstance(node, ast.Call) and ESCAPES.fullmatch(ast.unparse(node.func)):
            continue
        if isinstance(node, ast.Attribute):
            yield node
        yield from _open(ast.iter_child_nodes(node))


def _at_import(module: Module) -> Iterator[int]:
    """The clock asked while a module is read: by the time that its tests run it may be another day."""
    for node in module.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from (one.lineno for one in ast.walk(node) if isinstance(one, ast.Call) and _asks_the_clock(one))


def _asks_the_clock(call: ast.Call) -> bool:
    return ast.unparse(call.func) in {"system_clock", "today"}


def _asserts_nothing_of_nothing(module: Module) -> Iterator[int]:
    """A test that asserts inside loops alone, over something that may turn out to be empty."""
    for test in module.nodes:
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_") and "raises" not in ast.unparse(test):
            loops = [node for node in ast.walk(test) if isinstance(node, ast.For)]
            unsure = [loop for loop in loops if not _has_rows(loop.iter)]
            if _asserts(test) and _asserts(test) <= {line for loop in unsure for line in _asserts(loop)}:
                yield test.lineno


def _asserts(node: ast.AST) -> set[int]:
    return {one.lineno for one in ast.walk(node) if isinstance(one, ast.Assert)}


def _has_rows(iterable: ast.expr) -> bool:
    """Not what is asked for: a list that was made by the test, or a table of the module, is not empty unseen."""
    if isinstance(iterable, ast.Tuple | ast.List | ast.Set | ast.Dict):
        return True
    reads = (node for node in ast.walk(iterable) if isinstance(node, ast.Attribute | ast.Call))
    return all(SURE.fullmatch(ast.unparse(node.func if isinstance(node, ast.Call) else node)) for node in reads)


def _more_than_a_docstring(module: Module) -> Iterator[int]:
    if module.path.endswith("__init__.py"):
        yield from (node.lineno for node in module.tree.body[1:])


def _no_caption(module: Module) -> Iterator[int]:
    if not ast.get_docstring(module.tree):
        yield 1


def _money_by_hand(module: Module) -> Iterator[int]:
    """A number with decimals in a sentence, or beside a currency; a percentage is no money."""
    for node in module.nodes:
        if isinstance(node, ast.JoinedStr) and (_has_words(node) or "currency" in ast.unparse(node)):
            after = [*node.values[1:], ast.Constant("")]
            yield from (part.lineno for part, then in zip(node.values, after, strict=True) if _is_amount(part, then))


def _has_words(text: ast.JoinedStr) -> bool:
    return any(isinstance(part, ast.Constant) and re.search("[a-z]", str(part.value)) for part in text.values)


def _is_amount(part: ast.expr, then: ast.expr) -> bool:
    spec = part.format_spec if isinstance(part, ast.FormattedValue) else None
    is_share = isinstance(then, ast.Constant) and str(then.value).startswith(" %")
    return spec is not None and "f" in ast.unparse(spec)[2:] and not is_share


def _in_texts(words: re.Pattern[str]) -> Finder:
    """Lines of texts, docstrings left out, in which one of the words stands."""

    def find(module: Module) -> Iterator[int]:
        docstrings = {id(node.value) for node in module.nodes if isinstance(node, ast.Expr)}
        for node in module.nodes:
            if isinstance(node, ast.Constant) and id(node) not in docstrings and words.search(str(node.value)):
                yield node.lineno

    return find


def _may_break(module: Module) -> Iterator[int]:
    """Choices side by side of which nobody said whether they stand in one line."""
    for name, call in module.calls():
        if re.fullmatch(r"st\.(pills|segmented_control)", name) and "wrap" not in {each.arg for each in call.keywords}:
            yield call.lineno


def _masked_facts(module: Module) -> Iterator[int]:
    """Free texts that are read to reckon with. To compare one in SQL is no reading, nor is to group or order by it."""
    plain = {
        id(node)
        for name, call in module.calls()
        for part in (
            [call.func.value]
            if isinstance(call.func, ast.Attribute) and call.func.attr == "in_"
            else call.args
            if name == "unmasked" or name.endswith((".group_by", ".order_by"))
            else []
        )
        for node in ast.walk(part)
    }
    plain |= {
        id(node.left)
        for node in module.nodes
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and ast.unparse(node.left)[0].isupper()
    }
    for name, node in module.attributes():
        if re.fullmatch(r"\w+\.(reference|visible_comment|internal_comment)", name) and id(node) not in plain:
            yield node.lineno


def says(pattern: str) -> Finder:
    words = re.compile(pattern)
    return lambda module: (n for n, line in enumerate(module.text.splitlines(), 1) if words.search(line))


RULES = [
    Rule(
        "rows are selected through visible()",
        _bare_select,
        but_in=(
            "data_access/store/scope.py",  # is that place
            "data_access/store/sign_ins.py",  # sessions and attempts belong to no reseller
            "data_access/store/attempts.py",  # the same
            "data_access/store/drafts.py",  # nor do drafts
            "data_access/store/gateway.py",  # nor does the bank's own ledger
            "data_access/store/job_leases.py",  # nor do leases and runs
            "data_access/store/demo_clock.py",  # nor does the clock of a demo
            "data_access/imports/kept/kept_files.py",  # nor do files on their way in: who may read them is asked above
            "data_access/store/outbox_delivery.py",  # nor does how far a message has come
            "data_access/search/customer_conditions.py",  # the id of a class by its name, shown to nobody
        ),
    ),
    Rule(
        "one place commits a command",
        _called(COMMITS),
        but_in=(
            "data_access/store/unit_of_work.py",  # is that place
            "data_access/base/engine.py",  # ends what cannot have written
            "data_access/store/bulk.py",  # the one door for bulk loads
            "data_access/store/sign_ins.py",  # what is not business
            "data_access/store/gateway.py",  # a bank commits by itself
            "data_access/store/job_leases.py",  # the machine itself
            "data_access/store/outbox_delivery.py",  # how far a message has come
            "data_access/jobs/archive.py",  # the one path that deletes
            "data_access/migrations/",  # the schema itself
        ),
    ),
    Rule(
        "facts are reckoned from texts as they stand",
        _masked_facts,
        folders=("data_access/services/facts/",),
        but_in=(
            "data_access/services/facts/repeats.py",  # asked by who writes, who reads plain
            "data_access/services/facts/plans/discounts_of_customer.py",  # has a reference of its own making
        ),
    ),
    Rule("time is handed in", _read(TELLS_TIME), but_in=("data_access/base/clock.py",)),
    Rule(
        "an average of amounts is taken by mean()", _read(re.compile("func.avg")), but_in=("data_access/base/money.py",)
    ),
    Rule(
        "money in a sentence is written by exact_money()",
        _money_by_hand,
        folders=("data_access",),
        but_in=(
            "data_access/base/money.py",  # is that place
            "data_access/domain/allowances.py",  # writes what is typed
            "data_access/domain/usage/quotas.py",  # quantities are no money
            "data_access/base/engine.py",  # nor are seconds
            "data_access/jobs/worker.py",  # nor are these
        ),
    ),
    Rule("who can is asked, not written", _in_texts(WHO_CAN)),
    Rule("of what concerns all, who can is asked of the actor", says(rf"(?<!\.)\bwho_can\(P\w*\.({OF_ALL})\b")),
    Rule("people read plain English", _in_texts(OLD_WORDS)),
    Rule("columns are named, never *", _star),
    Rule(
        "SQL is not put together from texts",
        _text_put_together,
        but_in=(
            "data_access/migrations/",  # names of tables, from our own history
            "data_access/store/audit_trail.py",  # the same, where ids are reserved
            "data_access/domain/shown_status.py",  # values of our own enum, as literals for an index
            "data_access/models/money.py",  # the same, for what makes an invoice open
        ),
    ),
    Rule(
        "no error is caught blindly",
        _catches_all,
        but_in=("data_access/jobs/runner.py",),  # a fault with one customer does not stop the others
    ),
    Rule("no error is swallowed", _swallows),
    Rule(
        "what a person orders goes through a form",
        _called(re.compile(r"(.+\.)?execute")),
        folders=("dashboard", "pages"),
        but_in=(
            "dashboard/kit/forms/forms.py",  # is that place: what was shown is what is sent
            "dashboard/kit/context.py",  # hands it on
            "dashboard/lists/column_choice.py",  # how one likes a list: nothing is typed, and another click undoes it
            "dashboard/lists/view_menu.py",  # the same, for the view that it opens with
            "dashboard/lists/exports/export_button.py",  # a download is made again by another click
            "dashboard/lists/exports/kept_exports.py",
            "dashboard/planned/planned_export.py",
            "dashboard/bulk/run_export.py",
            "dashboard/server/signin/own_password.py",  # outside of the desk: nobody is signed in
            "dashboard/server/signin/sso.py",  # the same
            "dashboard/server/server.py",  # asks the database whether it is there
        ),
    ),
    Rule(
        "a draft is kept by its form",
        _read(re.compile(r"drafts\.(keep|renew|draft_for|acknowledge)")),
        folders=("dashboard", "pages"),
        but_in=("dashboard/kit/forms/entry.py", "dashboard/kit/forms/sight.py"),
    ),
    Rule("pages write no HTML", _html, folders=("pages",)),
    Rule("text from people is not read as markdown", _unescaped, folders=("pages",)),
    Rule("what people typed is escaped", _typed_by_people, folders=("dashboard",)),
    Rule("no test asks the clock before it runs", _at_import, folders=("tests",)),
    Rule(
        "processes of tests are forked from one server",
        _called(re.compile(r"(multiprocessing\.)?(get_context|Process|Pool|set_start_method)")),
        folders=("tests",),
        but_in=("tests/support/forks.py",),  # starts it: a second list of what it imports would undo the first
    ),
    Rule("a test asserts something of nothing too", _asserts_nothing_of_nothing, folders=("tests",)),
    Rule(
        "pages keep no state and no cache of their own",
        _read(re.compile(r"st\.(session_state|cache_data|cache_resource)")),
        folders=("pages",),
    ),
    Rule("the address is read in the kit", _read(re.compile(r"st\.query_params")), folders=("pages",)),
    Rule(
        "a page is left by one door",
        _read(re.compile(r"st\.switch_page")),
        but_in=("dashboard/kit/addresses/leaving.py",),  # is that door: Back finds no address that nobody has seen
    ),
    Rule(
        "a table is drawn by the table kit",
        _called(re.compile(r"(st|\w*container|\w*slot)\.(dataframe|data_editor|table)")),
        folders=("pages", "dashboard"),
        but_in=("dashboard/kit/tables/table.py",),  # is that kit
    ),
    Rule(
        "a file is offered to its own session",
        _called(re.compile(r"st\.(download_button|image|audio|video|pdf)|(st\.)?.*\.download_button")),
        folders=("pages", "dashboard"),
        but_in=("dashboard/kit/saving.py",),  # is that place; what others put below /media is served to nobody
    ),
    Rule("marks are drawn as SVG, not by WebGL", _read(re.compile(r"(\w+\.)*Scattergl")), folders=("dashboard",)),
    Rule(
        "a table says its height",  # or the page jumps when the platform has found it
        says(r"height\W+content\b"),
        folders=("dashboard", "pages"),
    ),
    Rule("choices side by side say whether they break", _may_break, folders=("dashboard", "pages")),
    Rule(
        "a package has no face",
        _more_than_a_docstring,
        but_in=("data_access/migrations/",),  # a folder of scripts with one door, not a package of modules
    ),
    Rule(
        "a whole number is read by whole_number()",
        says(r"\.is(digit|decimal|numeric)\(|\[0-9\]\{"),
        but_in=(
            "data_access/base/text/numerals.py",  # is that place
            "data_access/base/text/text_keys.py",  # the digits of a phone number are no number
            "data_access/base/text/parsing.py",  # nor is a phone number
            "data_access/commands/cards/cards.py",  # nor are its last four digits
        ),
        folders=PRODUCT,
    ),
    Rule(
        "a Customer ID means a customer by its letters",
        says(r"customer_code_key\s*(==|\.in_\()"),
        but_in=(
            "data_access/store/identity.py",  # is that place
            "data_access/commands/customers/customers.py",  # asks whether an ID is taken
            "data_access/imports/customers.py",  # compares the letters row by row
            "data_access/imports/invoices.py",  # the same
            "data_access/imports/card/rows.py",  # the same
            "data_access/queries/services/booked_charges.py",  # the same, in the import of charges
        ),
        folders=PRODUCT,
    ),
    Rule("a module says what it is", _no_caption, folders=(*PRODUCT, "tests/support", "bench")),
    Rule("what types leave out has its reason", says(r"# type: ignore(?!\[[a-z-]+\]  # \w)")),
    Rule("nothing is left to do", says(r"\b(TODO|FIXME|XXX)\b")),
    Rule(
        "no test is skipped or expected to fail",
        _read(re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)")),
        folders=("tests",),
        but_in=("tests/docs/test_units.py",),  # systemd is the computer's: no package brings it
    ),
    Rule("our own code is not mocked", says(r"^\s*(from|import) unittest\.mock|\bMagicMock\("), folders=("tests",)),
]
