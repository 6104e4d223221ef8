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
# # Collection effectiveness
#
# When invoices are paid: by the due day, late, only after a suspension, or never; and which promises to pay are kept.
# Invoices that are void or not to be collected are left out, and currencies are never added together.

# %%
import os

from data_access import desk
from data_access.queries.collections.paid_when import InvoicesPaidWhen, PaidWhen, PromisesKept
from data_access.queries.collections.sums import OwedByCurrency
from data_access.queries.exposure.exposure import Currencies
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.filters import LISTED
from data_access.search.operations import O

mine = desk.open_desk()
currency = os.environ.get("DESK_CURRENCY", mine.fetch(Currencies())[0])
mine.me.name, currency, mine.now()

# %% [markdown]
# ## When invoices are paid
# Of all customers but the permanently terminated.

# %%
labels = {outcome.value: outcome.label for outcome in PaidWhen}
paid = mine.fetch(InvoicesPaidWhen())
told = paid[paid["currency"] == currency].set_index("outcome").reindex(list(labels))
told = told.dropna(subset=["invoices"]).rename(index=labels)
told["share"] = told["invoices"] / told["invoices"].sum()
told

# %% [markdown]
# What was never paid is what the Customers page calls overdue, in every currency, to the last decimal.

# %%
never = paid[paid["outcome"] == PaidWhen.NEVER.value]
overdue = {row.currency: row.overdue for row in mine.fetch(OwedByCurrency(LISTED)) or () if row.overdue}
assert {row.currency: row.total - row.paid for row in never.itertuples()} == overdue
settled = [outcome.value for outcome in PaidWhen if outcome not in (PaidWhen.NEVER, PaidWhen.NOT_DUE)]
assert (paid.loc[paid["outcome"].isin(settled), "total"] == paid.loc[paid["outcome"].isin(settled), "paid"]).all()

# %% [markdown]
# ## With those who have left
# Who was terminated for a debt that stayed is missing above. Advanced search finds them when asked for every status.

# %%
from data_access.domain.shown_status import Shown

EVERYBODY = AdvancedFilter((Condition("status", O.IS_ONE_OF, tuple(Shown)),))
all_paid = mine.fetch(InvoicesPaidWhen(EVERYBODY))
shares = all_paid.pivot_table(index="currency", columns="outcome", values="invoices", aggfunc="sum", fill_value=0)
assert int(shares.to_numpy().sum()) == int(all_paid["invoices"].sum()) >= int(paid["invoices"].sum())
shares[[outcome.value for outcome in PaidWhen if outcome.value in shares]].rename(columns=labels)

# %% [markdown]
# ## Promises to pay
# Open, kept, broken, cancelled. As many customers have broken one as Advanced search finds.

# %%
promises = mine.fetch(PromisesKept())
broken = promises[promises["state"] == "broken"]
asked = AdvancedFilter((Condition("broken_promises", O.AT_LEAST, ("1",)),))
assert broken["customers"].sum() == mine.customers(asked).count()
decided = promises[promises["state"].isin(["kept", "broken"])]
kept = decided[decided["state"] == "kept"]["promises"].sum()
f"{kept} of {decided['promises'].sum()} promises that came due were kept."

# %%
promises
