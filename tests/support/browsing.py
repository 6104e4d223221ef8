"""What a journey does in a browser: find the program, sign in, wait until the page has settled, ask axe."""

import shutil
from dataclasses import dataclass
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
MENU = "[data-testid=stSidebarNavItems]"
SETTLE_MILLISECONDS = 30_000
expect.set_options(timeout=SETTLE_MILLISECONDS)  # no test of speed: a loaded machine may take its time
OF_COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that a scheme can break
ANIMATIONS_ENDED = """() => Promise.race([
    Promise.allSettled(document.getAnimations().filter(
        one => one.playState === "running" && one.effect?.getComputedTiming().endTime < Infinity
    ).map(one => one.finished)),
    new Promise(over => setTimeout(over, 3000)),  // one that is held up never ends
])"""

CUT = """[...document.querySelectorAll("[data-testid=stDataFrame] .dvn-scroller")]
    .filter(table => table.scrollWidth > table.clientWidth + 1)
    .map(table => `cut off: ${table.closest("[data-testid=stDataFrame]").innerText}`)"""


class NoBrowser(Exception):
    """No chromium on the path: the sentence says what to install."""


def chromium() -> str:
    """Where the browser is."""
    for program in PROGRAMS:
        if found := shutil.which(program):
            return found
    raise NoBrowser("The browser tests need chromium: install it so that `chromium` is on the path.")


@dataclass(frozen=True, slots=True)
class Desk:
    """A running dashboard with demo data, and its database."""

    address: str
    database_url: str

    def sign_in(self, page: Page, role: str) -> None:
        """By the demo's button for this role: open the first page, choose, arrive."""
        page.goto(self.address)
        page.get_by_role("button", name=role.capitalize(), exact=True).click()
        settled(page)


def settled(page: Page) -> None:
    """Wait until the script has run to its end, the page shows what it said, and nothing fades in or slides."""
    page.locator(SETTLED).wait_for(timeout=SETTLE_MILLISECONDS)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=SETTLE_MILLISECONDS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=SETTLE_MILLISECONDS)
    page.evaluate(ANIMATIONS_ENDED)


def faults_of_the_whole(page: Page) -> list[str]:
    """What axe finds on a page that has arrived, and the tables of which not all columns are in sight."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    cut: list[str] = page.evaluate(CUT)
    return cut + accessibility_faults(page)


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds in dark and in light, a line a rule: scheme, name and places. The page is in light afterwards."""
    faults = []
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)
        if page.get_by_test_id("stApp").count():  # not where one signs in or out: that is no page of Streamlit
            settled(page)
        found = _faults_in(page, scheme)
        if found:  # a page that is drawn anew in the colours of the scheme is pale in between: asked again at rest
            page.wait_for_timeout(1000)
            settled(page)
            found = _faults_in(page, scheme)
        faults += found
    return faults


def _faults_in(page: Page, scheme: Scheme) -> list[str]:
    """What axe finds on a page that is shown in a scheme. The list inside Streamlit's own menu is not ours.

    In dark it is asked about colours alone: nothing else of a page hangs on the scheme, and light is asked it all.
    """
    options = {"resultTypes": ["violations"], **({"runOnly": list(OF_COLOURS)} if scheme == "dark" else {})}
    faults = []
    for fault in Axe().run(page, options=options).response["violations"]:
        places = [node["target"] for node in fault["nodes"] if not _is_the_menus(page, fault["id"], node["target"])]
        faults.extend([f"{scheme}, {fault['id']}: {places}"] if places else [])
    return faults


def _is_the_menus(page: Page, rule: str, target: list[str]) -> bool:
    return rule in ("list", "listitem") and page.locator(target[0]).evaluate(f"e => e.closest('{MENU}') !== null")
