"""New customer: add one, then open it, add another, or start a copy."""

from dashboard.customer import new_customer
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

access = open_page("New customer", Permission.CUSTOMER_CREATE)
new_customer.draw(access)
