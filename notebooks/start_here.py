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
# # Start here
#
# What a notebook can ask, in ten cells. Everything is read by a person with rights, as on the screen: `DESK_LOGIN`
# names the person, `NOTEBOOK_DATABASE_URL` a database that can only be read. `mine.` and the Tab key show the rest.

# %%
from data_access import desk

mine = desk.open_desk()
mine.me

# %% [markdown]
# ## What may I see?
# Each right, whether I have it, and who does. What I may not see comes masked, here as on the screen.

# %%
rights = mine.rights()
rights[~rights["mine"]]

# %% [markdown]
# ## What time is it?
# By the clock of the database, which runs ahead in a demo. An instant has its zone.

# %%
mine.now()

# %% [markdown]
# ## The customers of a filter
# The filter is a value with named fields; an address of the Customers page or of Advanced search says the same.

# %%
from data_access.search.filters import CustomerFilter

chosen = mine.customers(CustomerFilter(currency=frozenset({"EUR"})))
assert chosen.filter == mine.customers("customers?currency=EUR").filter
f"{chosen}: {chosen.count():,}"

# %% [markdown]
# ## As a typed frame
# Amounts are exact decimals, statuses are categories, days are days. One currency: amounts of two are never added.

# %%
frame = chosen.to_frame()
assert len(frame) == chosen.count()
assert frame["currency"].nunique() <= 1
frame.groupby("status", observed=True).agg(customers=("customer_id", "size"), balance=("balance", "sum"))

# %% [markdown]
# ## More than memory holds
# The same in frames of so many rows, one after the other.

# %%
assert frame["balance"].sum() == sum(part["balance"].sum() for part in chosen.parts(rows=1_000))
frame.dtypes

# %% [markdown]
# ## A saved view
# In the order of the screen; one's own view before one that is shared. `mine.views()` lists them.

# %%
views = mine.views()
view = mine.view(views["name"][0]) if len(views) else mine.customers("customers?sort=balance")
view.to_frame().head()

# %% [markdown]
# ## A chart of the screen
# The charts of the pages are functions of frames.

# %%
from dashboard.exposure import utilisation
from data_access.queries.exposure.exposure import UtilisationHistogram

utilisation.histogram(mine.fetch(UtilisationHistogram("EUR")), "EUR", "light")

# %% [markdown]
# ## Any question of a page
# The queries of the pages are values in `data_access.queries`. The counts of the Customers page:

# %%
from data_access.domain.shown_status import Shown
from data_access.queries.lists.counts import ShownCounts

counts = mine.fetch(ShownCounts(chosen.filter))
assert sum(counts.values()) - counts[Shown.PERMANENTLY_TERMINATED] == chosen.count()
{status.label: count for status, count in counts.items() if count}

# %% [markdown]
# ## An export, and its entry in the audit
# CSV and XLSX for people, Parquet with all types. That I read or exported customers stands in the audit.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from data_access.queries.audit.audit import FindCommands

with TemporaryDirectory() as folder:
    written = chosen.export(Path(folder) / "customers.parquet")
newest = mine.fetch(FindCommands()).rows[0]
assert newest.login == mine.me.login
assert newest.gist.startswith(f"{written:,} customer")
newest.gist
