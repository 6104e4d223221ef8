"""The pictures: every page on demo data, wide and narrow, in light and dark. `make screenshots` draws them anew.

All of them go to `var/screenshots`; those of the README to `docs/screenshots` as well.
"""

import io
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.kit.addresses.navigation import PAGES
from tests.support.browsing import ARGUMENTS, PHONE, SCHEMES, SIZE, Desk, Scheme, chromium, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who, demo_desk

ROOT = Path(__file__).resolve().parents[2]
ALL, CHOSEN = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
OF_THE_README = {
    f"{name}-{scheme}-wide.png" for name in ("customers", "customer", "credit_exposure") for scheme in SCHEMES
}
SIZES = {"wide": SIZE, "narrow": PHONE}
TABS = ("Balance & credits", "Invoices & taxation", "Subscriptions", "Payment method", "Life cycle", "Audit")
DRAWN_MILLISECONDS = 1000  # charts and tables are drawn after the page has settled
COLOURS = 256


def addresses(desk: Desk) -> dict[str, str]:
    """Each page by the name of its picture; the customer is one that is suspended."""
    pages = {page.file: "" if page.is_default else page.file for page in PAGES}
    customer = f"customer?id={a_customer_who(desk, *SUSPENDED).id}"
    tabs = {f"customer-{tab.split()[0].lower()}": f"{customer}&tab={quote(tab)}" for tab in TABS}
    pages["customer_class"] = "customer_class?id=1"
    return pages | {"customer": customer} | tabs


def take_all(desk: Desk, browser: Browser) -> None:
    """Every page in every size and scheme, as an admin sees it."""
    for scheme in SCHEMES:
        for size in SIZES:
            _take(desk, browser, scheme, size)


def _take(desk: Desk, browser: Browser, scheme: Scheme, size: str) -> None:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{desk.address}/login")
    _keep(page, f"sign_in-{scheme}-{size}.png")
    desk.sign_in(page, "admin")
    for name, address in addresses(desk).items():
        page.goto(f"{desk.address}/{address}")
        settled(page)
        page.wait_for_timeout(DRAWN_MILLISECONDS)
        _keep(page, f"{name}-{scheme}-{size}.png")
    context.close()


def _keep(page: Page, name: str) -> None:
    """With a palette of its own: a quarter of the bytes, and nobody sees it."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB").quantize(COLOURS)
    for folder in (ALL, CHOSEN) if name in OF_THE_README else (ALL,):
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(folder / name, optimize=True)


def main() -> None:
    """A desk and a browser of its own, and the pictures."""
    with (
        tempfile.TemporaryDirectory(prefix="desk-pictures-") as folder,
        demo_desk(Path(folder), with_worker=True) as desk,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        take_all(desk, browser)
        browser.close()


if __name__ == "__main__":
    main()
