"""What the operator sets."""

from dataclasses import fields

import pytest
from chainrule.settings import SETTINGS, Setting, Settings

from tests import ROOT


def test_without_an_environment_the_defaults_hold() -> None:
    assert Settings.from_environment({}) == Settings()


def test_a_variable_that_is_empty_is_as_one_that_is_not_set() -> None:
    assert Settings.from_environment({setting.variable: " " for setting in SETTINGS}) == Settings()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_every_setting_stands_in_the_docs_with_its_default_and_unit(setting: Setting) -> None:
    unit = f" [{setting.unit}]" if setting.unit else ""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert f"| `{setting.variable}` | {setting.default} | {setting.text}{unit} |\n" in page
    if getattr(Settings(), setting.field) not in ((), ""):
        assert Settings.from_environment({setting.variable: setting.default}) == Settings()


def test_no_setting_is_left_out() -> None:
    assert {setting.field for setting in SETTINGS} == {field.name for field in fields(Settings)} - {"limits"}


def test_the_environment_sets_them() -> None:
    settings = Settings.from_environment(
        {
            "CHAINRULE_HOST": "0.0.0.0",
            "CHAINRULE_PORT": "8123",
            "CHAINRULE_RATE_LIMIT": "0",
            "CHAINRULE_ALLOWED_HOSTS": "example.org, *.example.org",
            "CHAINRULE_TRUSTED_PROXIES": "10.0.0.0/8",
            "CHAINRULE_PUBLIC_URL": "https://example.org/",
            "CHAINRULE_CACHE_BYTES": "1000",
            "CHAINRULE_BODY_SECONDS": "2.5",
            "CHAINRULE_WALL_SECONDS": "9",
        }
    )
    assert (settings.host, settings.port, settings.rate_limit) == ("0.0.0.0", 8123, 0)
    assert settings.allowed_hosts == ("example.org", "*.example.org")
    assert settings.trusted_proxies == ("10.0.0.0/8",)
    assert settings.public_url == "https://example.org"
    assert (settings.cache_bytes, settings.body_seconds, settings.limits.wall_seconds) == (1000, 2.5, 9.0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CHAINRULE_PORT", "http"),
        ("CHAINRULE_PORT", "65536"),
        ("CHAINRULE_RATE_LIMIT", "-1"),
        ("CHAINRULE_HEADER_SECONDS", "soon"),
        ("CHAINRULE_HEADER_SECONDS", "0"),
        ("CHAINRULE_BODY_SECONDS", "inf"),
        ("CHAINRULE_MEMORY_BYTES", "much"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_environment({name: text})
