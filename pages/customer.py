"""Customer: one customer in full. Who it is, why it has its status, what can be done, and everything that happened."""

from dashboard.customer import head_panel, next_panel, tab_bar, why_panel
from dashboard.customer.dialogs import dialog_host
from dashboard.kit import context, recent_customers
from dashboard.kit.addresses import page_params
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.queries.billing.payment_needed import PaymentAwaited
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.status.why import WhyThisState

access = context.access()
access.actor.require(Permission.CUSTOMER_READ)

try:
    head = access.fetch(CustomerHead(page_params.customer_id()))  # never from the cache: money depends on it
except NotFound:
    head_panel.not_found()
else:
    dialog_host.told(head)
    recent_customers.note(access.actor.person_id, head.customer_id)
    head_panel.draw(access, head)
    why = access.fetch(WhyThisState(head.customer_id))
    why_panel.draw(why, may_open_class=access.actor.may(Permission.CLASS_READ))
    ahead, awaited = access.fetch(WhatHappensNext(head.customer_id)), access.fetch(PaymentAwaited(head.customer_id))
    next_panel.draw(access, head, ahead, awaited=awaited, is_open=bool(why.causes))
    tab_bar.draw(access, head)
    dialog_host.draw(head)
