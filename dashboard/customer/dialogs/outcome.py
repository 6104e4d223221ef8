"""The outcome of a change: which status is shown of the customer by now, and what that means. Never the stored one."""

from data_access.base.clock import time_in_words
from data_access.domain.shown_status import Shown
from data_access.queries.customers.customer import CustomerHead, Head
from data_access.queries.forecast.customer_forecast import WITHIN
from data_access.queries.status.why import WhyThisState
from data_access.store.access import Access


def shown_now(access: Access, before: Head) -> str:
    """`Shown as Blocked: all accounts are unusable …`; with the invoice that was asked for, and when it comes."""
    head = access.fetch(CustomerHead(before.customer_id))
    causes = access.fetch(WhyThisState(before.customer_id)).causes
    means = causes[0].rule if causes else "Services can be used."
    planned = f" {causes[0].then}" if causes and causes[0].status is Shown.ACTIVE else ""
    return f" Shown as {head.shown.label}. {means}{planned}{midterm_on_its_way(head)}"


def shown_if_changed(access: Access, before: Head) -> str:
    """The same where another status is shown than before; empty where nothing changed."""
    after = access.fetch(CustomerHead(before.customer_id))
    return "" if after.shown is before.shown else shown_now(access, before)


def suspension_ends(head: Head) -> str:
    """What it means for service that a suspension is over."""
    return f"the suspension ends and {'it stays blocked' if head.facts.blocked else 'service is back at once'}"


def midterm_on_its_way(head: Head) -> str:
    """By when a midterm invoice comes that was asked for; empty where none was."""
    if not head.invoices_requested_at:
        return ""
    by = time_in_words(head.invoices_requested_at[-1] + WITHIN, head.zone)
    return f" A midterm invoice has been requested: it will be issued by {by}."
