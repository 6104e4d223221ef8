"""What the environment may say."""

import pytest
from pydantic import ValidationError

from data_access.settings import Environment, Settings

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
