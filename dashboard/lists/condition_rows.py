"""The rows of Advanced search: a field, an operation and a value each, read from the URL and written to it."""

from collections.abc import Callable, Sequence
from itertools import count

import streamlit as st

from dashboard.kit import cache, feedback
from dashboard.kit.addresses.day_filter import read_day
from dashboard.kit.addresses.list_state import go, params, without_place
from dashboard.lists.condition_groups import ALL, ANY, Path, members, turned, with_condition, with_group, without
from dashboard.lists.condition_pills import condition_pills
from data_access.base.permissions import Permission
from data_access.base.text.parsing import COUNTRIES
from data_access.domain.sections import CUSTOMER_TAG
from data_access.domain.shown_status import Shown
from data_access.queries.customers.choices import FormChoices
from data_access.queries.customers.custom_fields import CustomDefinitions, Definition
from data_access.queries.records.record_names import RecordNames
from data_access.queries.services.services import Plans
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.custom_search import known, searched_as
from data_access.search.declared_search import YES_NO
from data_access.search.expression import ConditionRow, group_in_words, joined, parts_of, read_lines, split, written
from data_access.search.filter_params import Params
from data_access.search.operations import Operation, Searchable
from data_access.search.search_fields import FIELDS, KNOWN, PROMISES
from data_access.store.access import Access

_WORDS = {status.value: status.label for status in Shown} | {"postpaid": "Postpaid", "prepaid": "Prepaid"}
_DAY_HINT = "2026-12-31"
_OPEN, _FEW = "conditions-editor", 3


def advanced_filter(access: Access) -> AdvancedFilter | None:
    """Draws the pills and the rows, and gives what they ask; None while one of them cannot be asked."""
    lines = read_lines(params().get(PARAM, []), _custom(access))
    condition_pills(lines, _ask)
    entered = _editor(access, lines)
    _follow(lines, entered)
    waiting = sum(line.waits for line in lines)
    if waiting:
        st.caption(f"{waiting:,} of the conditions has no value yet and is ignored." if waiting == 1 else
                   f"{waiting:,} of the conditions have no value yet and are ignored.")  # fmt: skip
    if any(line.complaint for line in lines):
        return None
    return AdvancedFilter(parts_of(lines))


def _editor(access: Access, lines: Sequence[ConditionRow]) -> list[str]:
    """The rows in their groups, folded away where they are many; the lines as they stand now."""
    needs_a_look = any(line.complaint or line.waits for line in lines)
    if needs_a_look:
        st.session_state[_OPEN] = True
    is_short = len(lines) <= _FEW
    editor = st.expander(
        "Edit the conditions", icon=":material/tune:", key=_OPEN, on_change="rerun", expanded=is_short or needs_a_look
    )
    if not editor.open:
        return list(map(str, lines))
    entered: dict[int, str | None] = {}
    with editor, st.container(key="conditions", gap="xsmall"):
        _members(access, lines, (), _groups(lines), entered)
        _add(access, lines)
    return [text for _, text in sorted(entered.items()) if text is not None]


def _members(
    access: Access, lines: Sequence[ConditionRow], path: Path, groups: Sequence[str], entered: dict[int, str | None]
) -> None:
    """What stands in a group: rows, and groups in a frame of their own."""
    for one in members(lines, path):
        if isinstance(one, int):
            entered[one] = _row(access, one + 1, lines[one], groups)
            continue
        with st.container(key=f"group-{'-'.join(one)}", border=True, gap="xsmall"):
            _head(lines, one)
            _members(access, lines, one, groups, entered)
            _more(access, lines, one)


def _head(lines: Sequence[ConditionRow], path: Path) -> None:
    kind = ANY if path[-1].startswith(ANY) else ALL
    name = group_in_words(path)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        picked = st.segmented_control(
            f"What has to hold: {name}", [ANY, ALL], default=kind, required=True, label_visibility="collapsed",
            wrap=True, format_func={ANY: "Any of these", ALL: "All of these"}.__getitem__,
        )  # fmt: skip
        if st.button(
            "Remove the group", icon=":material/close:", key=f"group-remove-{'-'.join(path)}", type="tertiary"
        ):
            _ask(without(lines, path))
    if picked != kind:
        _ask(turned(lines, path, str(picked)))


def _more(access: Access, lines: Sequence[ConditionRow], path: Path) -> None:
    """What can be added to a group, the outermost one too."""
    key, first = "".join(f"-{mark}" for mark in path), _first(access)
    with st.container(horizontal=True, gap="xsmall"):
        if st.button("Add condition", icon=":material/add:", key=f"condition-add{key}"):
            _ask(with_condition(lines, path, *first))
        inner = ALL if path and path[-1].startswith(ANY) else ANY
        if st.button("Add group", icon=":material/data_object:", key=f"group-add{key}"):
            _ask(with_group(lines, path, inner, *first))


def _first(access: Access) -> tuple[str, str]:
    """What a new row asks for until another field is chosen."""
    may_read = access.actor.may(Permission.PERSONAL_READ)
    return "customer_id_or_name" if may_read else "customer_id", Operation.BEGINS_WITH


def _follow(lines: Sequence[ConditionRow], entered: Sequence[str]) -> None:
    if list(entered) != [str(line) for line in lines]:
        _ask(entered)


def _ask(texts: Sequence[str]) -> None:
    beside: Params = {name: values for name, values in without_place(params()).items() if name != PARAM}
    go(beside | {PARAM: list(texts)})


def _add(access: Access, lines: Sequence[ConditionRow]) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        _more(access, lines, ())
        if st.button("Permanently terminated", icon=":material/cancel:", key="condition-closed"):
            closed = written((), "status", Operation.IS, Shown.PERMANENTLY_TERMINATED)
            _ask([*(str(line) for line in lines if line.marks or line.field != "status"), closed])
        if st.button("Clear", icon=":material/restart_alt:", key="condition-clear", disabled=not lines):
            _ask([])


def _row(access: Access, number: int, line: ConditionRow, groups: Sequence[str]) -> str | None:
    """One row; its text as it stands now, None when it is taken away."""
    with st.container(key=f"condition-{number}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        marks = _group(number, line, groups) if groups else line.marks
        name = _choose(f"Field of condition {number}", line.field, _fields(access), _named(access), width=230)
        field = known(name)
        if name != line.field:
            return written(marks, name, next(iter(field.asks)) if field else line.operation, "")
        offered = [each.value for each in field.asks] if field else [line.operation]
        operation = _choose(f"Operation of condition {number}", line.operation, offered, _operation, width=150)
        value = _value(access, number, field, operation, line)
        if (day := read_day(value)) and _asks_a_day(field):
            st.caption(f"{day:%A}", width="content")
        if st.button("Remove", icon=":material/close:", key=f"condition-remove-{number}", type="tertiary"):
            return None
    if line.complaint:
        st.error(feedback.escape(line.complaint), icon=":material/report:")
    return written(marks, name, operation, value)


def _groups(lines: Sequence[ConditionRow]) -> list[str]:
    """The groups that a condition can be put into, and one more; none where nothing stands beside it."""
    if len(lines) < 2:
        return []
    marked = sorted({_marked(line.marks) for line in lines if line.marks})
    outer = {line.marks[0] for line in lines if line.marks}
    more = next(mark for mark in map("or{}".format, count(1)) if mark not in outer)
    return ["", *marked, more]


def _marked(marks: Sequence[str]) -> str:
    return ":".join(marks)


def _group(number: int, line: ConditionRow, groups: Sequence[str]) -> tuple[str, ...]:
    picked = _choose(
        f"Group of condition {number}",
        _marked(line.marks),
        groups,
        _in_words,
        width=150 if len(line.marks) < 2 else 210,
    )
    return tuple(picked.split(":")) if picked else ()


def _in_words(marked: str) -> str:
    return (group_in_words(marked.split(":")) if marked else "must hold").capitalize()


def _fields(access: Access) -> list[str]:
    may_read = access.actor.may(Permission.PERSONAL_READ)
    return [*(name for name, field in FIELDS.items() if may_read or not field.personal), *_custom(access)]


def _custom(access: Access) -> dict[str, str]:
    """What can be asked of custom fields, each with its label as it is now."""
    return {name: one.label for name, one in _definitions(access).items()}


def _definitions(access: Access) -> dict[str, Definition]:
    found = cache.fetch(access, CustomDefinitions())
    return {searched_as(one.field_id, one.kind, personal=one.personal): one for one in found}


def _named(access: Access) -> Callable[[str], str]:
    labels = _custom(access)
    return lambda name: KNOWN[name].label if name in KNOWN else labels.get(name, name)


def _operation(name: str) -> str:
    return next((operation.label for operation in Operation if operation == name), name)


def _choose(label: str, shown: str, offered: Sequence[str], word: Callable[[str], str], *, width: int) -> str:
    options = list(dict.fromkeys([*offered, shown]))
    picked = st.selectbox(
        label, options, options.index(shown), format_func=word, label_visibility="collapsed", width=width
    )
    return shown if picked is None else str(picked)


def _value(access: Access, number: int, field: Searchable | None, operation: str, line: ConditionRow) -> str:
    if operation in (Operation.IS_EMPTY, Operation.IS_NOT_EMPTY):
        return ""
    label = f"Value of condition {number}"
    offered = _offered(access, line.field, field)
    if operation == Operation.BETWEEN:
        return _ends(label, line.value, field)
    if operation in (Operation.IS_ONE_OF, Operation.IS_NONE_OF) and offered:
        shown = split(line.value)
        options = list(dict.fromkeys([*offered, *shown]))
        picked = st.multiselect(
            label, options, shown, format_func=lambda v: offered.get(v, v), label_visibility="collapsed", width=340
        )
        return line.value if picked == shown else joined(picked)
    if offered:
        return _choose(label, line.value, ["", *offered], lambda v: offered.get(v, v) or "Choose…", width=340)
    hint = _DAY_HINT if _asks_a_day(field) else "Value"
    return st.text_input(label, line.value, placeholder=hint, label_visibility="collapsed", width=340) or ""


def _ends(label: str, text: str, field: Searchable | None) -> str:
    """Two values, the lower one first."""
    hint, (lower, upper) = _DAY_HINT if _asks_a_day(field) else "Value", [*split(text), "", ""][:2]
    first = st.text_input(label, lower, placeholder=hint, label_visibility="collapsed", width=160) or ""
    st.text("and", width="content")
    last = st.text_input(f"{label}, upper end", upper, placeholder=hint, label_visibility="collapsed", width=160) or ""
    return text if (first, last) == (lower, upper) else joined([first, last])


def _asks_a_day(field: Searchable | None) -> bool:
    return field is not None and bool({Operation.BEFORE, Operation.AFTER} & set(field.asks))


def _offered(access: Access, name: str, field: Searchable | None) -> dict[str, str]:
    """The values to choose from, with their words; none where any text will do."""
    if field is None:
        return {}
    if name == "customer_class":
        return {each.name: each.name for each in cache.fetch(access, FormChoices()).classes}
    if name == "reseller":
        return {"-": "None: the operator's own"} | {n: n for _, n in cache.fetch(access, FormChoices()).resellers}
    if name == "subscription_plan":
        return {plan.name: plan.name for plan in cache.fetch(access, Plans())}
    if name == "tag":
        return {tag: tag for tag in cache.fetch(access, RecordNames(CUSTOMER_TAG.name)).get("tags", {}).values()}
    if name == "country":
        return COUNTRIES
    if name not in KNOWN:
        found = _definitions(access).get(name)
        return {each: each for each in found.choices} if found else {}
    named = (YES_NO, PROMISES)
    return {each: each.capitalize() if field.choices in named else _WORDS.get(each, each) for each in field.choices}
