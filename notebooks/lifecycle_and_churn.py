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
# # Life cycle and churn
#
# How many customers came, changed their status and went, by day, from their history: each change was written down when
# it happened. Days are those of UTC.

# %%
import pandas as pd

from data_access import desk
from data_access.base.statuses import BillStatus
from data_access.domain.moves import CREATED, MOVES
from data_access.domain.shown_status import Shown
from data_access.queries.lists.counts import ShownCounts
from data_access.queries.status.moves_by_day import MovesByDay

mine = desk.open_desk()
moves = mine.fetch(MovesByDay())
shown = mine.fetch(ShownCounts())
mine.me.name, mine.now(), f"{int(moves['customers'].sum()):,} changes"

# %% [markdown]
# ## Changes of status, by move

# %%
words = {CREATED: "Created"} | {name: move.done for name, move in MOVES.items()}
by_move = moves.groupby("move", as_index=False)["customers"].sum()
by_move["move"] = by_move["move"].map(words)
by_move.sort_values("customers", ascending=False, ignore_index=True)

# %% [markdown]
# ## Where they stand now
# Whoever entered a status and did not leave it is in it today: the history comes to what the Customers page counts.

# %%
changed = moves[moves["status_from"] != moves["status_to"]]
entered = changed.groupby("status_to")["customers"].sum()
left = changed.groupby("status_from")["customers"].sum()
standing = entered.sub(left, fill_value=0).astype("int64")
came = int(moves.loc[moves["move"] == CREATED, "customers"].sum())
assert standing.get(BillStatus.PERMANENTLY_TERMINATED.value, 0) == shown[Shown.PERMANENTLY_TERMINATED]
assert standing.get(BillStatus.EXPORTED.value, 0) == shown[Shown.EXPORTED]
assert came == sum(shown.values())
standing

# %% [markdown]
# ## Came and went, by month
# Churn is the share of those who were there when the month began. The permanently terminated are gone; the exported can
# come back.

# %%
gone = BillStatus.PERMANENTLY_TERMINATED.value
went = changed[(changed["status_to"] == gone) | (changed["status_from"] == gone)]
signs = went["status_to"].eq(gone).map({True: 1, False: -1})
days = pd.DataFrame(
    {
        "came": moves[moves["move"] == CREATED].groupby("day")["customers"].sum(),
        "went": (went["customers"] * signs).groupby(went["day"]).sum(),
    }
).fillna(0)
days.index = pd.to_datetime(days.index)
months = days.resample("MS").sum().astype("int64")
months["at_end"] = (months["came"] - months["went"]).cumsum()
months["at_start"] = months["at_end"].shift(fill_value=0)
months["churn"] = months["went"] / months["at_start"].where(months["at_start"] > 0)
assert months["at_end"].iloc[-1] == sum(shown.values()) - shown[Shown.PERMANENTLY_TERMINATED]
months.tail(12)

# %% [markdown]
# ## Suspended and back, by day

# %%
stopped = BillStatus.SUSPENDED.value
into = changed[changed["status_to"] == stopped].groupby("day")["customers"].sum()
out = changed[changed["status_from"] == stopped].groupby("day")["customers"].sum()
flow = pd.DataFrame({"suspended": into, "back_or_gone": out}).fillna(0).astype("int64")
flow["net"] = flow["suspended"] - flow["back_or_gone"]
assert flow["net"].sum() == standing.get(stopped, 0)
flow.tail(14)
