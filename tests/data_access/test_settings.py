"""What the environment may say."""

import pytest
from pydantic import ValidationError

from dashboard.server.hosts import Origin
from data_access.base.settings import Environment, Settings

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
