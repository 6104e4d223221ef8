"""Labelled: choices that know what they are called on the screen."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """Choices of which each is written with its label. One that knows more takes it in its own `__init__`."""

    label: str

    def __new__(cls, value: str, *_more: object) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    def __init__(self, _value: str, label: str) -> None:
        self.label = label
