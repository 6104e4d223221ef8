"""What the environment may say."""

import pytest
from pydantic import ValidationError

from dashboard.server.hosts import Origin
from data_access.base.errors import Rejected
from data_access.base.settings import Environment, Settings, complaint

OIDC = {
    "OIDC_CLIENT_ID": "desk",
    "OIDC_CLIENT_SECRET": "s3cret",
    "OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    "OIDC_COOKIE_SECRET": "c00kie",
    "OIDC_REDIRECT_URI": "https://desk.example/oauth2callback",
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in ("APP_ENV", "DATABASE_URL", "COOKIE_SECURE", *OIDC):
        monkeypatch.delenv(name, raising=False)


def test_without_a_word_it_is_production():
    settings = Settings()
    assert settings.app_env is Environment.PRODUCTION
    assert settings.has_secure_cookies


PRIMARY = "postgresql+psycopg://desk_app:s3cret@/desk?host=one:5432&host=two:5432&target_session_attrs=read-write"
STANDBY = "postgresql+psycopg://desk_app@/desk?host=one&host=two&target_session_attrs=prefer-standby"


def test_both_databases_may_be_on_several_hosts(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", PRIMARY)
    monkeypatch.setenv("DATABASE_READ_URL", STANDBY)
    assert (Settings().database_url, Settings().database_read_url) == (PRIMARY, STANDBY)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not the address of a SQLite file or a PostgreSQL database."),
        ("DATABASE_URL", "mysql://desk@/desk", "DATABASE_URL is not the address of a SQLite file"),
        (
            "DATABASE_URL",
            "postgresql+asyncpg://a@/desk",
            "DATABASE_URL names the driver asyncpg: write postgresql+psycopg",
        ),
        ("DATABASE_READ_URL", "nonsense", "DATABASE_READ_URL is not the address"),
        ("DATABASE_READ_URL", "sqlite:///x.db", "DATABASE_READ_URL is for the standbys of a PostgreSQL database"),
        (
            "DATABASE_READ_URL",
            STANDBY.replace("/desk", "/other"),
            "names the database other, and DATABASE_URL names desk",
        ),
        ("DATABASE_POOL_SIZE", "none", "DATABASE_POOL_SIZE: Input should be a valid integer"),
        ("DATABASE_POOL_SIZE", "0", "DATABASE_POOL_SIZE: Input should be greater than or equal to 1"),
        ("DATABASE_POOL_OVERFLOW", "201", "DATABASE_POOL_OVERFLOW: Input should be less than or equal to 200"),
        ("DATABASE_STATEMENT_SECONDS", "0", "DATABASE_STATEMENT_SECONDS: Input should be greater"),
        ("DATABASE_LOCK_SECONDS", "-1", "DATABASE_LOCK_SECONDS: Input should be greater"),
        ("DATABASE_APPLICATION_NAME", "", "DATABASE_APPLICATION_NAME: String should have at least 1"),
    ],
)
def test_a_database_that_cannot_be_meant_is_refused_without_its_password(monkeypatch, name, value, sentence):
    monkeypatch.setenv("DATABASE_URL", PRIMARY)
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert sentence in complaint(wrong.value)
    assert "s3cret" not in f"{wrong.value} {complaint(wrong.value)}"


@pytest.mark.parametrize("folder", ["SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_secrets_stand_in_files_named_like_the_settings(monkeypatch, tmp_path, folder):
    (tmp_path / "smtp_password").write_text("from a file\n")
    (tmp_path / "database_url").write_text(PRIMARY)
    monkeypatch.setenv(folder, str(tmp_path))
    settings = Settings()
    assert settings.smtp_password is not None
    assert (settings.smtp_password.get_secret_value(), settings.database_url) == ("from a file", PRIMARY)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///here.db")
    assert Settings().database_url == "sqlite:///here.db"  # what the environment says goes first


def test_a_folder_of_secrets_that_is_not_there_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(Rejected, match="SECRETS_DIR is no folder"):
        Settings()


@pytest.mark.parametrize("environment", [Environment.DEMO, Environment.TEST])
def test_the_demo_and_the_tests_speak_plain_http(monkeypatch, environment):
    monkeypatch.setenv("APP_ENV", environment)
    assert not Settings().has_secure_cookies


def test_secure_cookies_can_be_asked_for_anywhere(monkeypatch):
    monkeypatch.setenv("APP_ENV", "demo")
    monkeypatch.setenv("COOKIE_SECURE", "true")
    assert Settings().has_secure_cookies


def test_an_unknown_environment_is_refused(monkeypatch):
    monkeypatch.setenv("APP_ENV", "staging")
    with pytest.raises(ValidationError):
        Settings()


def test_single_sign_on_is_set_up_whole(monkeypatch):
    for name, value in OIDC.items():
        monkeypatch.setenv(name, value)
    assert Settings().has_oidc


@pytest.mark.parametrize("left_out", OIDC)
def test_half_a_single_sign_on_is_refused_and_names_what_is_missing(monkeypatch, left_out):
    for name in OIDC.keys() - {left_out}:
        monkeypatch.setenv(name, OIDC[name])
    with pytest.raises(ValidationError, match=left_out):
        Settings()


def test_secrets_are_not_printed(monkeypatch):
    for name, value in OIDC.items():
        monkeypatch.setenv(name, value)
    assert "s3cret" not in repr(Settings())


@pytest.mark.parametrize(
    "url", ["desk.example.org", "https://", "ftp://a", "https://a/b", "https://a:99999", "https://a:0", "https://u@a"]
)
def test_a_public_address_that_is_none_is_refused(monkeypatch, url):
    monkeypatch.setenv("PUBLIC_URL", url)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("url", ["https://desk.example.org", "http://[::1]:8501/", "http://127.0.0.1:9000"])
def test_a_public_address_is_a_place(monkeypatch, url):
    monkeypatch.setenv("PUBLIC_URL", url)
    assert Origin.at(Settings().public_url) is not None


@pytest.mark.parametrize("name", ["TRUSTED_PROXIES", "WEBHOOK_NETWORKS"])
def test_networks_are_listed_with_commas_or_blanks(monkeypatch, name):
    monkeypatch.setenv(name, "10.0.0.5, 10.1.0.0/16 fd00::/8")
    assert [str(network) for network in getattr(Settings(), name.lower())] == ["10.0.0.5/32", "10.1.0.0/16", "fd00::/8"]
    monkeypatch.setenv(name, "10.0.0.1/8")
    with pytest.raises(ValidationError):
        Settings()
