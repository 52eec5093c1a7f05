"""The environment is read once, and what is missing or unreadable is named, never repeated."""

import base64
import stat
from pathlib import Path

import pytest

from marcai import settings
from marcai.kit.environment import BadVariable
from marcai.settings import MissingSettings, for_demo, for_production, read_environment

KEY = base64.b64encode(bytes(range(32))).decode()
OLD_KEY = base64.urlsafe_b64encode(bytes([255] * 32)).decode().rstrip("=")
COMPLETE = {
    "MARCAI_DATABASE_URL": "postgres://marcai:pw@db/marcai",
    "MARCAI_REDIS_URL": "redis://cache/0",
    "MARCAI_SECRET_KEY": "a-secret-that-nobody-guesses",
    "MARCAI_ENCRYPTION_KEYS": f"{KEY}, {OLD_KEY}",
    "MARCAI_VAPI_WEBHOOK_SECRET": "vapi-secret",
}


def test_production_names_everything_that_is_missing_at_once() -> None:
    with pytest.raises(MissingSettings) as caught:
        for_production({"MARCAI_REDIS_URL": "redis://cache", "MARCAI_SECRET_KEY": "  "})
    assert caught.value.names == [
        "MARCAI_DATABASE_URL",
        "MARCAI_SECRET_KEY",
        "MARCAI_ENCRYPTION_KEYS",
        "MARCAI_VAPI_WEBHOOK_SECRET",
    ]
    assert "MARCAI_DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_production_needs_each_of_its_variables(name: str) -> None:
    with pytest.raises(MissingSettings, match=name):
        for_production({key: said for key, said in COMPLETE.items() if key != name})


def test_production_with_the_bare_minimum_has_no_channel_and_no_model() -> None:
    found = for_production(COMPLETE)
    assert (found.meta, found.twilio, found.model, found.whisper, found.demo_admin) == (None, None, None, None, None)
    assert found.database_url == "postgresql+asyncpg://marcai:pw@db/marcai"
    assert found.encryption_keys == (bytes(range(32)), bytes([255] * 32))
    assert found.chat_clinic is None
    assert found.rate_limit_factor == 1.0


@pytest.mark.parametrize(
    ("some", "missing"),
    [
        (
            {"MARCAI_META_GRAPH_URL": "http://127.0.0.1:9"},
            ["MARCAI_META_APP_SECRET", "MARCAI_META_ACCESS_TOKEN", "MARCAI_META_VERIFY_TOKEN", "MARCAI_META_PHONE_NUMBER_ID"],
        ),
        (
            {"MARCAI_TWILIO_ACCOUNT_SID": "AC1", "MARCAI_PUBLIC_URL": "https://clinic.example"},
            ["MARCAI_TWILIO_AUTH_TOKEN", "MARCAI_TWILIO_SMS_NUMBER", "MARCAI_TWILIO_WHATSAPP_NUMBER"],
        ),
        ({"MARCAI_LLM_API_KEY": "k"}, ["MARCAI_LLM_MODEL"]),
    ],
)
def test_a_channel_that_is_set_in_part_is_refused_in_production(some: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(MissingSettings) as caught:
        for_production(COMPLETE | some)
    assert caught.value.names == missing


def test_a_channel_that_is_set_whole_is_read() -> None:
    twilio = {
        "MARCAI_TWILIO_ACCOUNT_SID": "AC1",
        "MARCAI_TWILIO_AUTH_TOKEN": "token",
        "MARCAI_TWILIO_SMS_NUMBER": "+15550001",
        "MARCAI_PUBLIC_URL": "https://clinic.example/",
    }
    found = for_production(COMPLETE | twilio)
    assert found.twilio is not None
    assert found.twilio.whatsapp_number is None
    assert found.public_url == "https://clinic.example"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MARCAI_ENCRYPTION_KEYS", "c2hvcnQ="),
        ("MARCAI_ENCRYPTION_KEYS", "not-base64-ção"),
        ("MARCAI_RATE_LIMIT_FACTOR", "-1"),
        ("MARCAI_RATE_LIMIT_FACTOR", "nan"),
        ("MARCAI_RATE_LIMIT_KEY", "77"),
        ("MARCAI_RATE_LIMIT_ADDRESS", "0/7"),
        ("MARCAI_DATABASE_POOL_SIZE", "2.5"),
        ("MARCAI_WEBHOOKS_SCHEDULE_SECONDS", "1,two"),
        ("MARCAI_PUBLIC_URL", "clinic.example"),
        ("MARCAI_DATABASE_URL", "mysql://db"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_not_repeated(name: str, said: str) -> None:
    with pytest.raises(BadVariable, match=name) as caught:
        for_production(COMPLETE | {name: said})
    assert said not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_secret_shows_when_the_settings_are_printed() -> None:
    shown = repr(for_production(COMPLETE | {"MARCAI_LLM_MODEL": "m", "MARCAI_LLM_API_KEY": "llm-secret"}))
    for secret in ("pw@", "nobody-guesses", "vapi-secret", "llm-secret", KEY):
        assert secret not in shown


def test_the_demo_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    def read(env: dict[str, str]) -> settings.Settings:
        return for_demo(env, data_dir=tmp_path / "demo", database_url="postgresql+asyncpg://x", public_url="http://localhost:8000")

    first, again = read({}), read({})

    assert first == again
    assert stat.S_IMODE((tmp_path / "demo" / "secrets.json").stat().st_mode) == 0o600
    assert [entry.name for entry in (tmp_path / "demo").iterdir()] == ["secrets.json"]
    assert first.chat_clinic == "demo"
    assert first.demo_admin is not None
    assert first.demo_admin.is_made_up
    given = read({"MARCAI_DEMO_ADMIN_PASSWORD": "mine", "MARCAI_DEMO_ADMIN_EMAIL": "me@clinic.example", "MARCAI_SECRET_KEY": "s"})
    assert given.demo_admin is not None
    assert (given.demo_admin.email, given.demo_admin.password, given.demo_admin.is_made_up) == ("me@clinic.example", "mine", False)
    assert given.secret_key == "s"


def test_a_channel_that_the_demo_lacks_a_secret_of_gets_one_that_nobody_knows(tmp_path: Path) -> None:
    found = for_demo(
        {"MARCAI_META_VERIFY_TOKEN": "v"}, data_dir=tmp_path, database_url="postgresql+asyncpg://x", public_url="http://localhost:8000"
    )
    assert found.meta is not None
    assert len(found.meta.app_secret) >= 32
    assert found.meta.verify_token == "v"


def test_the_process_goes_before_the_file_and_what_is_empty_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MARCAI_REDIS_URL=redis://file\nMARCAI_SECRET_KEY='pa$$word${HOME}'\nMARCAI_PUBLIC_URL=\nOTHER=1\n")
    monkeypatch.setenv("MARCAI_REDIS_URL", "redis://process")
    found = read_environment(tmp_path / ".env")
    assert found["MARCAI_REDIS_URL"] == "redis://process"
    assert found["MARCAI_SECRET_KEY"] == "pa$$word${HOME}"
    assert "MARCAI_PUBLIC_URL" not in found
    assert "OTHER" not in found
