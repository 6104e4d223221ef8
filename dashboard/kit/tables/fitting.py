"""Fitting: a text too long for its cell ends in an ellipsis; the platform would cut it in the middle of a character."""

from unicodedata import combining, east_asian_width

_PADDING = 22  # pixels beside the text of a cell
_NARROW, _WIDE = 3.6, 10.0
_PIXELS = dict.fromkeys("iIjl.,:;'|!()[]-ftr ", _NARROW) | dict.fromkeys("mMwW@%&", _WIDE)
_CAPITAL, _OTHER, _SQUARE = 7.2, 6.0, 14.0
_ELLIPSIS = "…"


def fitted(text: str, pixels: int) -> str:
    """The text, or as much of it as a cell so wide shows, by an estimate that is rather too wide."""
    room = float(pixels - _PADDING)
    if sum(map(_width, text)) <= room:
        return text
    room -= _WIDE
    kept = 0
    for sign in text:
        room -= _width(sign)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _ELLIPSIS


def _width(sign: str) -> float:
    if combining(sign):
        return 0.0
    if east_asian_width(sign) in "WF":
        return _SQUARE
    return _PIXELS.get(sign, _CAPITAL if sign.isupper() else _OTHER)
