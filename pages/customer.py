"""Customer: one customer whole. Who it is, why it is in its state, what can be done, and everything that happened."""

from dashboard import address, context, customer_head, customer_tab_bar, next_panel, why_panel
from dashboard.dialogs import shown
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.queries.billing.awaited import PaymentAwaited
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.foretell import WhatHappensNext
from data_access.queries.status.why import WhyThisState

access = context.access()
access.actor.require(Permission.CUSTOMER_READ)

try:
    head = access.fetch(CustomerHead(address.customer_id()))  # never from the cache: money depends on it
except NotFound:
    customer_head.not_found()
else:
    customer_head.draw(access, head)
    why = access.fetch(WhyThisState(head.customer_id))
    why_panel.draw(why, may_open_class=access.actor.may(Permission.CLASS_READ))
    ahead, awaited = access.fetch(WhatHappensNext(head.customer_id)), access.fetch(PaymentAwaited(head.customer_id))
    next_panel.draw(access, head, ahead, awaited=awaited, is_open=bool(why.causes))
    customer_tab_bar.draw(access, head)
    shown.draw(head)
