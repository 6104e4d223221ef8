"""Small units: how long a page and a module may be."""

from statistics import quantiles

import pytest

from tests.architecture.source import PRODUCT, modules

PAGE_LINES = 80
MODULE_LINES = 400  # if it is one thing
NINE_IN_TEN_LINES = 200
MODULES = [module for module in modules(*PRODUCT) if "/versions/" not in module.path]  # a migration is as long as it is
PAGES = modules("pages")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_is_short(page):
    assert page.lines <= PAGE_LINES


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_a_module_is_small(module):
    assert module.lines <= MODULE_LINES


def test_nine_modules_in_ten_are_under_two_hundred_lines():
    assert quantiles([module.lines for module in MODULES], n=10)[-1] < NINE_IN_TEN_LINES
