"""Settings: what the environment says, read once and checked."""

import re
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from data_access.base.money import CURRENCIES

_ORIGIN = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
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


class Environment(StrEnum):
    """Where this runs. Demo sign-ins exist in DEMO only, session tokens by hand in TEST only."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """One field a variable, in upper case: `database_url` is `DATABASE_URL`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    app_env: Environment = Environment.PRODUCTION
    database_url: str = "sqlite:///var/customer-desk.db"
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
    audit_anchor: str = ""
    webhook_networks: Networks = ()
    webhook_http: bool = False
    card_currencies: Currencies = CURRENCIES
    desk_login: str = ""

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
    def has_mail(self) -> bool:
        """Whether mail goes anywhere: to a mail server, or to a folder in a demo."""
        return bool(self.smtp_host) or self.is_demo

    @property
    def has_oidc(self) -> bool:
        return all(self._oidc_values().values())

    @property
    def has_secure_cookies(self) -> bool:
        """As set; otherwise in production only, where the public side speaks HTTPS."""
        return self.app_env is Environment.PRODUCTION if self.cookie_secure is None else self.cookie_secure


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
