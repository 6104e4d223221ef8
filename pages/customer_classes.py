"""Customer classes: their terms in short, and the company's calendar."""

from dashboard import company_calendar
from dashboard.class_list import class_list
from dashboard.context import open_page
from dashboard.customer_list import readers_day
from data_access.permissions import Permission
from data_access.queries.policies import Classes, Holidays

access = open_page("Customer classes", Permission.CLASS_READ)
class_list(access.fetch(Classes()))

today = readers_day(access)
company_calendar.told(access)
company_calendar.calendar(access, access.fetch(Holidays(today)), today)
