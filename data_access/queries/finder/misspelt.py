"""Misspellings: words that differ by one typing mistake, as parts to search for, and as a test."""

from collections.abc import Iterator

from data_access.search.trigrams import SHORTEST, Asked, Every, Part, Some

_SHORTEST_WORD = 4  # of three letters every word is nearly another
_NAMES = ("name", "contact")


def nearly(words: tuple[str, ...]) -> Asked | None:
    """Names with a word that each of these may have meant; None: there is nothing to be mistaken in."""
    if not words or not any(_can_be_misspelt(word) for word in words):
        return None
    return Every(tuple(Some(tuple(_slips(w)) if _can_be_misspelt(w) else (_begins(w),)) for w in words if len(w) > 1))


def is_nearly(words: tuple[str, ...], name: str) -> bool:
    """Whether each of the words begins a word of the name, or would with one slip less."""
    there = name.replace("-", " ").split()
    return all(
        any(one.startswith(word) or (_can_be_misspelt(word) and _is_slip(word, one)) for one in there) for word in words
    )


def _can_be_misspelt(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word.isalpha()


def _begins(word: str) -> Asked:
    return Part(_NAMES, f" {word}")


def _slips(word: str) -> Iterator[Asked]:
    """The word itself, two letters swapped, and both sides of a letter that is wrong, too many or left out."""
    yield _begins(word)
    for at in range(len(word)):
        if at + 1 < len(word):
            yield _begins(f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}")
        for after in (word[at + 1 :], word[at:]):
            sides = [side for side in (f" {word[:at]}", after) if len(side) >= SHORTEST]
            if sum(map(len, sides)) >= max(_SHORTEST_WORD, len(word) - SHORTEST):
                yield Every(tuple(Part(_NAMES, side) for side in sides))


def _is_slip(word: str, meant: str) -> bool:
    """Whether what was meant begins with the word but for a letter, or for two that changed places."""
    at = next((n for n, (one, other) in enumerate(zip(word, meant, strict=False)) if one != other), len(meant))
    is_wrong = meant[at + 1 :].startswith(word[at + 1 :])
    is_too_many = meant[at:].startswith(word[at + 1 :])
    is_left_out = meant[at + 1 :].startswith(word[at:])
    are_swapped = meant[at:].startswith(word[at + 1 : at + 2] + word[at] + word[at + 2 :])
    return is_wrong or is_too_many or is_left_out or are_swapped
