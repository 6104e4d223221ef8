"""All tables, as one metadata: each module of models is imported, whoever needs it."""

from importlib import import_module
from pkgutil import walk_packages

from sqlalchemy import MetaData

from data_access import models
from data_access.models.base import Base


def every_table() -> MetaData:
    """The metadata with the tables of all modules: which of them a program has imported so far makes no difference."""
    for module in walk_packages(models.__path__, f"{models.__name__}."):
        import_module(module.name)
    return Base.metadata
