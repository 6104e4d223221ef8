"""Import: customers and what belongs to them, imported from a file."""

from dashboard.imports.import_page import import_page
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission

import_page(open_page("Import", Permission.IMPORT_RUN))
