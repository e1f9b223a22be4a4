"""Settings: read once, bounded, and refused by name."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import PREFIX, Settings
from ui.server.described import docstrings_of


def test_the_defaults_stay_on_this_machine(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert (settings.host, settings.chroma_url, settings.port) == ("127.0.0.1", "", 7860)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOST_PORT", "8001")
    settings = Settings.from_environment()
    assert (settings.home, settings.port) == (tmp_path, 8001)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SIGNPOST_PROT", "SIGNPOST_PORT"),
        ("SIGNPOST_HOME_FOLDER", "SIGNPOST_HOME"),
        ("SIGNPOST_EMBEDER", "SIGNPOST_EMBEDDER"),
        ("SIGNPOST_CHROMA", "SIGNPOST_CHROMA_URL"),
    ],
)
def test_an_unknown_variable_is_named_with_the_nearest(monkeypatch, typed, meant):
    monkeypatch.setenv(typed, "1")
    with pytest.raises(SettingsError, match=rf"{typed}\b.*{meant}\b") as refused:
        Settings.from_environment()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "door"),
        ("MAX_QUESTION_CHARS", "0"),
        ("MAX_QUESTION_CHARS", "20001"),
        ("K", "0"),
        ("K", "101"),
        ("LOG_LEVEL", "LOUD"),
        ("LLM_URL", "ftp://example.org"),
        ("LLM_TIMEOUT_S", "0"),
        ("LLM_MAX_TOKENS", "15"),
    ],
)
def test_a_bad_value_is_refused_with_name_and_value(monkeypatch, name, value):
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsError, match=f"{PREFIX}{name}") as refused:
        Settings.from_environment()
    assert value in str(refused.value)
    assert "\n" not in str(refused.value)


def test_settings_are_frozen_and_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc] # that is the point
    with pytest.raises(ValidationError):
        Settings.model_validate({"prot": 1})


def test_every_setting_is_documented() -> None:
    assert Settings.model_fields.keys() <= docstrings_of(Settings).keys()


@pytest.mark.parametrize(
    "place",
    [{"host": "::1"}, {"port": 9000}, {"log_level": "DEBUG"}, {"chroma_url": "http://127.0.0.1:1"}],
)
def test_places_do_not_change_the_digest(tmp_path: Path, place: dict[str, object]) -> None:
    plain = Settings(home=tmp_path)
    assert Settings.model_validate({"home": tmp_path / "other"} | place).digest() == plain.digest()


def test_a_language_model_decides_nothing_and_changes_no_digest() -> None:
    told = {"llm_url": "http://127.0.0.1:9/v1", "llm_model": "m", "llm_max_tokens": 99}
    assert Settings.model_validate(told).digest() == Settings().digest()


@pytest.mark.parametrize("change", [{"k": 11}, {"embedder": "other"}, {"max_question_chars": 100}])
def test_what_can_change_an_answer_changes_the_digest(change: dict[str, object]) -> None:
    assert Settings.model_validate(change).digest() != Settings().digest()
