# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Balances and limits
#
# What customers owe against what they may owe: the figures of the page Credit exposure, as typed frames. Everything
# is asked through data access, by a person with rights: `DATABASE_URL` names the database, `DESK_LOGIN` the person.
# The permanently terminated are left out, and currencies are never added together.

# %%
import os

import pandas as pd
import pyarrow as pa

from dashboard.exposure import points, utilisation
from data_access import desk
from data_access.base.money import SCALE
from data_access.base.permissions import Permission
from data_access.domain.limit_use import LimitUse
from data_access.queries.exposure.exposed_customers import TopExposures
from data_access.queries.exposure.exposure import Currencies, ExposureBins, ExposureTotals, UtilisationHistogram

mine = desk.open_desk()
assert mine.me.may(Permission.REPORT_READ)
mine.me.name

# %% [markdown]
# ## One currency at a time
# The one with most customers, unless `DESK_CURRENCY` names another.

# %%
currencies = mine.fetch(Currencies())
currency = os.environ.get("DESK_CURRENCY", currencies[0])
assert currency in currencies
currencies

# %% [markdown]
# ## The classes of customers
# Every customer stands in one band. Prepaid funds are a balance with the other sign: they are told apart, never added
# to what the others owe.

# %%
money = pd.ArrowDtype(pa.decimal128(24, SCALE))
totals = mine.fetch(ExposureTotals(currency))
classes = pd.DataFrame.from_records(
    [(band.value, *totals.of(band).figures) for band in LimitUse], columns=["band", "customers", "owed", "limits"]
).astype({"band": "string", "customers": "Int64", "owed": money, "limits": money})
assert totals.postpaid.owed == sum(classes.loc[classes["band"] != LimitUse.PREPAID, "owed"])
classes

# %% [markdown]
# ## Shares of the limit in use
# The bars hold the same customers and the same sums, to the last decimal.

# %%
bars = mine.fetch(UtilisationHistogram(currency))
assert {LimitUse(band): (int(each["customers"].sum()), each["owed"].sum()) for band, each in bars.groupby("band")} == {
    band: (share.customers, share.owed) for band, share in totals.bands.items()
}
utilisation.histogram(bars, currency, "light")

# %% [markdown]
# ## Balances against limits
# Sorted into cells by the database, so that a million customers are as quick to draw as a hundred.

# %%
cells = mine.fetch(ExposureBins(currency))
assert cells["customers"].sum() == totals.postpaid.with_limit
points.density(cells, currency, "light")

# %% [markdown]
# ## Who owes most

# %%
top = mine.fetch(TopExposures(currency))
assert top["balance"].is_monotonic_decreasing
top
