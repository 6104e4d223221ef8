"""Customer classes: their terms in short, and the company's calendar."""

from dashboard import company_calendar, reader
from dashboard.class_list import class_list
from dashboard.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.classes.policies import Classes, Holidays

access = open_page("Customer classes", Permission.CLASS_READ)
class_list(access.fetch(Classes()))

today = reader.today(access)
company_calendar.told()
company_calendar.calendar(access, access.fetch(Holidays(today)), today)
