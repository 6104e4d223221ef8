"""Settings: what the environment says, read once and checked."""

import os
import re
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from data_access.base.errors import Rejected
from data_access.base.money import CURRENCIES

_ORIGIN = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
_DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
Network = IPv4Network | IPv6Network


def _listed(text: Any) -> Any:
    return text.replace(",", " ").split() if isinstance(text, str) else text


def _known(codes: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [code for code in codes if code not in CURRENCIES]
    if unknown:
        raise ValueError(f"CARD_CURRENCIES names {', '.join(unknown)}, which the desk does not know.")
    return codes


Currencies = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_known)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_listed)]
Connections = Annotated[int, Field(ge=1, le=200)]
Megabytes = Annotated[int, Field(ge=1, le=10_000)]
Seconds = Annotated[float, Field(ge=0.1, le=3600)]
Token = Annotated[SecretStr, Field(min_length=16)]
ProgramName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[ -~]+$")]


class Environment(StrEnum):
    """Where this runs. Demo sign-ins exist in DEMO only, session tokens by hand in TEST only."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """One field a variable, in upper case: `database_url` is `DATABASE_URL`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    app_env: Environment = Environment.PRODUCTION
    database_url: str = "sqlite:///var/customer-desk.db"
    database_read_url: str = ""
    database_pool_size: Connections = 8
    database_pool_overflow: Connections = 8
    database_statement_seconds: Seconds = 30.0
    database_lock_seconds: Seconds = 10.0
    database_application_name: ProgramName = "customer-desk"
    cookie_secure: bool | None = None
    public_url: str = ""
    trusted_proxies: Networks = ()
    oidc_name: str = "your organisation"
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_metadata_url: str | None = None
    oidc_cookie_secret: SecretStr | None = None
    oidc_redirect_uri: str | None = None
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    mail_from: str = ""
    outbox_dir: str = "var/outbox"
    archive_dir: str = "var/archive"
    export_dir: str = "var/exports"
    import_megabytes: Megabytes = 500
    audit_anchor: str = ""
    webhook_networks: Networks = ()
    webhook_http: bool = False
    card_currencies: Currencies = CURRENCIES
    desk_login: str = ""
    log_level: Literal["", "DEBUG", "INFO", "WARNING", "ERROR"] = ""
    metrics_token: Token | None = None
    notebook_database_url: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the names are the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files named like the fields: in SECRETS_DIR, or what systemd hands over."""
        folder = os.environ.get("SECRETS_DIR") or os.environ.get("CREDENTIALS_DIRECTORY")
        if folder and not Path(folder).is_dir():
            raise Rejected(f"SECRETS_DIR is no folder: {folder}.")
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=folder)

    @model_validator(mode="after")
    def _databases_can_be_used(self) -> Self:
        database = _address("DATABASE_URL", self.database_url)
        if not self.database_read_url:
            return self
        standby = _address("DATABASE_READ_URL", self.database_read_url)
        if {one.get_backend_name() for one in (database, standby)} != {"postgresql"}:
            raise ValueError("DATABASE_READ_URL is for the standbys of a PostgreSQL database: leave it out here.")
        if database.database != standby.database:
            raise ValueError(
                f"DATABASE_READ_URL names the database {standby.database}, and DATABASE_URL names {database.database}: "
                "a standby has the same one."
            )
        return self

    @field_validator("public_url")
    @classmethod
    def _public_url_is_bare(cls, text: str) -> str:
        bare = text.rstrip("/")
        if bare and (_ORIGIN.fullmatch(bare) is None or urlsplit(bare).port == 0):  # ValueError for a port too high
            raise ValueError("Write the address that browsers use, without a path, such as https://desk.example.org")
        return bare

    @model_validator(mode="after")
    def _oidc_whole_or_not_at_all(self) -> Self:
        values = self._oidc_values()
        missing = [f"OIDC_{name.upper()}" for name, value in values.items() if not value]
        if missing and len(missing) < len(values):
            raise ValueError(f"Single sign-on needs {', '.join(missing)} as well, or none of the OIDC variables.")
        return self

    def _oidc_values(self) -> dict[str, str | SecretStr | None]:
        return {
            "client_id": self.oidc_client_id,
            "client_secret": self.oidc_client_secret,
            "metadata_url": self.oidc_metadata_url,
            "cookie_secret": self.oidc_cookie_secret,
            "redirect_uri": self.oidc_redirect_uri,
        }

    @property
    def is_demo(self) -> bool:
        return self.app_env is Environment.DEMO

    @property
    def is_production(self) -> bool:
        return self.app_env is Environment.PRODUCTION

    @property
    def has_mail(self) -> bool:
        """Whether mail goes anywhere: to a mail server, or to a folder in a demo."""
        return bool(self.smtp_host) or self.is_demo

    @property
    def has_oidc(self) -> bool:
        return all(self._oidc_values().values())

    @property
    def has_secure_cookies(self) -> bool:
        """As set; otherwise in production only, where the public side speaks HTTPS."""
        return self.is_production if self.cookie_secure is None else self.cookie_secure


def _address(name: str, url: str) -> URL:
    """The address of a database. ValueError for one of a kind, or through a driver, that the desk does not have."""
    unusable = f"{name} is not the address of a SQLite file or a PostgreSQL database"
    try:
        read = make_url(url)
        kind, driver = read.get_backend_name(), read.get_driver_name()
    except (ArgumentError, ValueError) as wrong:
        raise ValueError(f"{unusable}.") from wrong
    if kind not in _DRIVERS:
        raise ValueError(f"{unusable}.")
    if driver != _DRIVERS[kind]:
        raise ValueError(f"{name} names the driver {driver}: write {kind}+{_DRIVERS[kind]}://.")
    return read


def complaint(wrong: ValidationError) -> str:
    """What is wrong with the settings, in a sentence a variable."""
    return f"The settings in the environment cannot be used. {' '.join(map(_sentence, wrong.errors()))}"


def _sentence(error: ErrorDetails) -> str:
    name, says = ".".join(map(str, error["loc"])).upper(), error["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name}: {says}." if name else f"{says}."


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


def largest_file() -> int:
    """How many bytes a file has at most that is imported, packed or not."""
    return settings().import_megabytes * 1_000_000
