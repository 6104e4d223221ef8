"""The palette: one word, one icon and one colour for every meaning, in light and in dark."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from data_access.domain.limit_use import LimitUse

Theme = Literal["light", "dark"]
BadgeColour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]


@dataclass(frozen=True)
class Tone:
    """Text on its ground. Grounds are solid where a person has to act, pale where all is well."""

    fg: str
    bg: str


@dataclass(frozen=True)
class Look:
    """How one meaning is shown. The mark stands for the icon where only text can be drawn."""

    word: str
    icon: str
    mark: str
    badge: BadgeColour
    light: Tone
    dark: Tone

    @property
    def chip(self) -> str:
        return f"{self.mark} {self.word}"

    def tone(self, theme: Theme) -> Tone:
        return self.dark if theme == "dark" else self.light


WHITE, BLACK = "#ffffff", "#000000"

STATUSES: Mapping[str, Look] = {
    "permanently_terminated": Look(
        "Permanently terminated", ":material/cancel:", "✕", "gray", Tone(WHITE, "#3b4454"), Tone(WHITE, "#566175")
    ),
    "exported": Look("Exported", ":material/output:", "→", "gray", Tone(BLACK, "#d5dbe5"), Tone(WHITE, "#3b4454")),
    "blocked": Look("Blocked", ":material/block:", "⊘", "gray", Tone(WHITE, "#1a2230"), Tone(BLACK, "#e6eaf1")),
    "suspended": Look(
        "Suspended", ":material/pause_circle:", "❚❚", "red", Tone(WHITE, "#b3261e"), Tone(WHITE, "#c0322a")
    ),
    "provisionally_terminated": Look(
        "Provisionally terminated",
        ":material/hourglass_bottom:",
        "◔",
        "blue",
        Tone(WHITE, "#0b57b0"),
        Tone(WHITE, "#2563b8"),
    ),
    "service_limited": Look(
        "Service limited", ":material/speed:", "◐", "yellow", Tone(BLACK, "#f2d36b"), Tone(BLACK, "#ecd06f")
    ),
    "credit_exceeded": Look(
        "Credit exceeded", ":material/trending_up:", "▲", "violet", Tone(WHITE, "#6b4fa0"), Tone(WHITE, "#7a5cb8")
    ),
    "no_available_funds": Look(
        "No available funds", ":material/money_off:", "▼", "violet", Tone(BLACK, "#dccff3"), Tone(BLACK, "#d9c8ff")
    ),
    "suspension_lifted": Look(
        "Suspension lifted", ":material/lock_open:", "◷", "orange", Tone(BLACK, "#ffc58a"), Tone(BLACK, "#ffbf80")
    ),
    "active": Look("Active", ":material/check_circle:", "●", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")),
}

RUNS: Mapping[str, Look] = {
    "done": Look("done", ":material/check:", "✓", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")),
    "running": Look("running", ":material/sync:", "↻", "blue", Tone(BLACK, "#9cc3f0"), Tone(BLACK, "#a8cdff")),
    "failed": Look("failed", ":material/error:", "✕", "red", Tone(WHITE, "#b3261e"), Tone(WHITE, "#c0322a")),
    "stopped": Look("stopped", ":material/stop_circle:", "■", "orange", Tone(BLACK, "#ffc58a"), Tone(BLACK, "#ffbf80")),
    "late": Look("late", ":material/alarm:", "◷", "yellow", Tone(BLACK, "#f2d36b"), Tone(BLACK, "#ecd06f")),
    "never": Look("never run", ":material/remove:", "○", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")),
}

BULK_RUNS: Mapping[str, Look] = {
    "trying": Look(
        "being tried", ":material/hourglass_top:", "◔", "blue", Tone(BLACK, "#cfe0f7"), Tone(WHITE, "#28456b")
    ),
    "tried": Look("not started", ":material/rule:", "○", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")),
    "running": RUNS["running"],
    "paused": Look("paused", ":material/pause:", "❚❚", "yellow", Tone(BLACK, "#f2d36b"), Tone(BLACK, "#ecd06f")),
    "done": RUNS["done"],
    "cancelled": Look("cancelled", ":material/cancel:", "✕", "gray", Tone(BLACK, "#d5dbe5"), Tone(WHITE, "#3b4454")),
    "stopped": RUNS["stopped"],
    "undoing": Look("being undone", ":material/undo:", "↺", "violet", Tone(BLACK, "#e4d9f7"), Tone(WHITE, "#4a3a6b")),
    "undone": Look("undone", ":material/history:", "↶", "violet", Tone(WHITE, "#6b4fa0"), Tone(BLACK, "#d9c8ff")),
}

EXPORTS: Mapping[str, Look] = {
    "asked": Look("being written", RUNS["running"].icon, "↻", "blue", Tone(BLACK, "#9cc3f0"), Tone(BLACK, "#a8cdff")),
    "ready": Look("ready", ":material/check:", "✓", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")),
    "refused": Look("not written", ":material/error:", "✕", "red", Tone(WHITE, "#b3261e"), Tone(WHITE, "#c0322a")),
}

BULK_ROWS: Mapping[str, Look] = {
    "waiting": Look(
        "not tried yet", ":material/schedule:", "◷", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")
    ),
    "fits": Look("can be done", ":material/rule:", "○", "blue", Tone(BLACK, "#cfe0f7"), Tone(WHITE, "#28456b")),
    "left_out": Look("left out", ":material/block:", "⊘", "gray", Tone(BLACK, "#d5dbe5"), Tone(WHITE, "#3b4454")),
    "done": RUNS["done"],
    "refused": Look("refused", ":material/report:", "▲", "orange", Tone(BLACK, "#ffc58a"), Tone(BLACK, "#ffbf80")),
    "failed": RUNS["failed"],
    "undone": BULK_RUNS["undone"],
    "kept": Look("not undone", ":material/lock:", "■", "yellow", Tone(BLACK, "#f2d36b"), Tone(BLACK, "#ecd06f")),
}

FILE_IMPORTS: Mapping[str, Look] = {
    "kept": Look("not tried", ":material/schedule:", "◷", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")),
    "trying": BULK_RUNS["trying"],
    "tried": Look("tried", ":material/rule:", "○", "blue", Tone(BLACK, "#cfe0f7"), Tone(WHITE, "#28456b")),
    "running": RUNS["running"],
    "done": Look("imported", ":material/check:", "✓", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")),
    "cancelled": BULK_RUNS["cancelled"],
    "stopped": RUNS["stopped"],
    "discarded": Look("discarded", ":material/delete:", "–", "gray", Tone(BLACK, "#d5dbe5"), Tone(WHITE, "#3b4454")),
}

VERIFIED = Look(
    "Caller verified", ":material/verified_user:", "✓", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")
)

OUTBOX: Mapping[str, Look] = {
    "active": Look("active", ":material/check_circle:", "●", "green", Tone(BLACK, "#cfeadb"), Tone(WHITE, "#1d4f34")),
    "disabled": Look("disabled", ":material/block:", "⊘", "gray", Tone(BLACK, "#d5dbe5"), Tone(WHITE, "#3b4454")),
    "failing": Look("failing", ":material/warning:", "▲", "orange", Tone(BLACK, "#ffc58a"), Tone(BLACK, "#ffbf80")),
    "sent": Look("arrived", ":material/check:", "✓", "green", Tone(BLACK, "#e3f4e9"), Tone(WHITE, "#16402a")),
    "waiting": Look("waiting", ":material/schedule:", "◷", "yellow", Tone(BLACK, "#f2d36b"), Tone(BLACK, "#ecd06f")),
    "failed": Look("given up", ":material/error:", "✕", "red", Tone(WHITE, "#b3261e"), Tone(WHITE, "#c0322a")),
    "dropped": Look("dropped", ":material/remove:", "○", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")),
}


BANDS: Mapping[LimitUse, Look] = {
    LimitUse.IN_CREDIT: Look(
        "in credit", ":material/savings:", "+", "green", Tone(WHITE, "#1b6e3c"), Tone(BLACK, "#86dba0")
    ),
    LimitUse.UNUSED: Look("unused", ":material/remove:", "○", "gray", Tone(BLACK, "#e5e9f0"), Tone(WHITE, "#333d4d")),
    LimitUse.UNDER_80: Look(
        "under 80 %", ":material/signal_cellular_2_bar:", "◔", "blue", Tone(BLACK, "#9cc3f0"), Tone(BLACK, "#a8cdff")
    ),
    LimitUse.FROM_80: Look(
        "80 to 100 %", ":material/warning:", "◕", "orange", Tone(BLACK, "#ffcf85"), Tone(BLACK, "#f2b84b")
    ),
    LimitUse.OVER: Look(
        "over the limit", ":material/trending_up:", "▲", "red", Tone(WHITE, "#b3261e"), Tone(WHITE, "#d13a30")
    ),
    LimitUse.NO_LIMIT: Look(
        "no limit", ":material/all_inclusive:", "∞", "violet", Tone(WHITE, "#6b4fa0"), Tone(BLACK, "#d9c8ff")
    ),
    LimitUse.PREPAID: Look(
        "prepaid", ":material/account_balance_wallet:", "◇", "gray", Tone(WHITE, "#5b6675"), Tone(BLACK, "#c5ccd8")
    ),
}


@dataclass(frozen=True)
class Ink:
    """The colours that carry no meaning of their own: words, lines and grounds."""

    text: str
    muted: str
    line: str
    accent: str
    limit: str
    near: str
    ground: str
    density: tuple[str, str]


FINAL = "-final-go-"  # in the key of a button: what it does cannot be undone


INKS: Mapping[Theme, Ink] = {
    "light": Ink("#1a2230", "#5b6675", "#d5dbe5", "#0b57b0", "#b3261e", "#8a5a00", "#ffffff", ("#d6e6fa", "#08306b")),
    "dark": Ink("#e6eaf1", "#a7b1c2", "#333d4d", "#7ab3ff", "#ff8a80", "#f2b84b", "#12161d", ("#1d3a5f", "#cfe4ff")),
}


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, 1 to 21; 4.5 is enough for text."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92) if channel <= 0.03928 else float(((channel + 0.055) / 1.055) ** 2.4)
