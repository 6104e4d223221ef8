"""List URLs: the filter of a list, with its order, columns and page size, as views and bulk actions store it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from data_access.base.choices.viewed_lists import ViewedList
from data_access.base.errors import Rejected
from data_access.search.advanced_filter import PARAM, AdvancedFilter
from data_access.search.expression import parts_of, read_lines
from data_access.search.filter_params import Params
from data_access.search.filters import CustomerFilter

SORT, COLUMNS, SIZE = "sort", "columns", "size"
BESIDE = (SORT, COLUMNS, SIZE)
LONGEST = 8000
Addressable = CustomerFilter | AdvancedFilter
_CUSTOM = re.compile(r"custom_(?:\w+_)?(\d+)")


@dataclass(frozen=True, slots=True)
class ListAddress:
    """What an address of a list says today. `lost`: a sentence for each thing that it names and that is not there."""

    filter: Addressable
    beside: tuple[tuple[str, tuple[str, ...]], ...]
    lost: tuple[str, ...] = ()

    @property
    def params(self) -> Params:
        """The same, as the page has it in its address."""
        return self.filter.to_params() | {name: list(values) for name, values in self.beside}

    @property
    def sort(self) -> str:
        return "".join(dict(self.beside).get(SORT, ())[:1])


@dataclass(frozen=True, slots=True)
class CustomNames:
    """Custom fields by their id: what each is called, and which of them were removed."""

    labels: Mapping[int, str]
    removed: frozenset[int] = frozenset()

    def gone(self, named: str) -> str:
        """The label of the removed custom field that a name stands for; blank where it is there, or is none."""
        found = _CUSTOM.fullmatch(named)
        field_id = int(found[1]) if found else 0
        return self.labels[field_id] if field_id in self.removed else ""


NO_NAMES = CustomNames({})


def written(params: Mapping[str, Sequence[str]]) -> str:
    """As a view keeps it: in one order, without blanks."""
    kept = {name: [value for value in values if value] for name, values in sorted(params.items())}
    return urlencode({name: values for name, values in kept.items() if values}, doseq=True)


def read(page: ViewedList, text: str, custom: CustomNames) -> ListAddress:
    """What an address says; what is not there any more is left out, and told by its name."""
    params = parse_qs(text, keep_blank_values=True)
    lost: list[str] = []
    known = {PARAM} if page is ViewedList.ADVANCED_SEARCH else set(CustomerFilter.facets())
    lost += [f"“{name}” is no filter of this list." for name in params if name not in known | set(BESIDE)]
    found = _conditions(params, custom, lost) if page is ViewedList.ADVANCED_SEARCH else _short(params, lost)
    beside = {name: tuple(params[name]) for name in BESIDE if params.get(name)}
    if COLUMNS in beside:
        gone = {name: label for name in beside[COLUMNS] if (label := custom.gone(name))}
        beside[COLUMNS] = tuple(name for name in beside[COLUMNS] if name not in gone)
        lost += [f"The custom field “{label}” was removed: its column is left out." for label in gone.values()]
    return ListAddress(found, tuple(beside.items()), tuple(lost))


def page_of(selection: Addressable) -> ViewedList:
    """The list that a filter belongs to."""
    return ViewedList.CUSTOMERS if isinstance(selection, CustomerFilter) else ViewedList.ADVANCED_SEARCH


def selection_at(page: str, address: Mapping[str, Sequence[str]]) -> Addressable:
    """The filter of an address. Rejected where a part of it cannot be read today: the rest would find more."""
    found = read(ViewedList(page), written(address), NO_NAMES)
    if found.lost:
        raise Rejected(f"The filter cannot be used any more. {' '.join(found.lost)}")
    return found.filter


def _short(params: Params, lost: list[str]) -> CustomerFilter:
    found, unread = CustomerFilter.from_params(params)
    lost += [f"{each}" for each in unread]
    return found


def _conditions(params: Params, custom: CustomNames, lost: list[str]) -> AdvancedFilter:
    texts = params.get(PARAM, ())
    lines = read_lines(texts)
    gone = [custom.gone(line.field) for line in lines]
    lost += [f"The custom field “{label}” was removed: its condition is left out." for label in _once(gone)]
    lost += [f"{line.complaint} The condition is left out." for line in lines if line.complaint]
    return AdvancedFilter(parts_of(line for line, label in zip(lines, gone, strict=True) if not label))


def _once(labels: Iterable[str]) -> list[str]:
    return [label for label in dict.fromkeys(labels) if label]
