"""Customer classes: their terms in short, and the company's calendar."""

from dashboard.classes import company_calendar
from dashboard.classes.class_list import class_list
from dashboard.kit import viewer
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.classes.policies import Classes, Holidays

access = open_page("Customer classes", Permission.CLASS_READ)
class_list(access.fetch(Classes()))

today = viewer.today(access)
company_calendar.told()
company_calendar.calendar(access, access.fetch(Holidays(today)), today)
