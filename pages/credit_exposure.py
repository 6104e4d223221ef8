"""Credit exposure: balances against credit limits, one currency at a time, every mark a way to its customers."""

import streamlit as st

from dashboard.exposure.currency_choice import chosen_currency
from dashboard.exposure.exposure_charts import balances_against_limits, largest_debts, shares_in_use
from dashboard.exposure.exposure_figures import exposure_figures
from dashboard.kit import cache
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.exposure.exposure import Currencies, ExposureTotals

access = open_page("Credit exposure", Permission.REPORT_READ)
currencies = cache.fetch(access, Currencies())

if not currencies:
    st.info("There are no customers yet. Once there are, their balances and credit limits are compared here.")
else:
    currency = chosen_currency(currencies)
    totals = cache.fetch(access, ExposureTotals(currency))
    st.caption("All customers that are not permanently terminated. Currencies are never added together.")
    exposure_figures(totals, currency)
    left, right = st.columns(2, gap="medium")
    with left:
        balances_against_limits(access, currency, totals)
    with right:
        shares_in_use(access, currency)
    largest_debts(access, currency)
