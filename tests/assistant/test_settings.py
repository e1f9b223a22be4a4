from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import PREFIX, Settings
from ui.server.tools import docstrings_of


def test_the_environment_is_read_and_the_defaults_stay_on_this_machine(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path)
    assert (settings.host, settings.chroma_url, settings.port) == ("127.0.0.1", "", 7860)
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
        *(("PORT", one) for one in ("0", "65536", "door")),
        *(("MAX_QUESTION_CHARS", one) for one in ("0", "20001")),
        *(("K", one) for one in ("0", "101")),
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


def test_settings_are_frozen_documented_and_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # that is the point
    with pytest.raises(ValidationError):
        Settings.model_validate({"prot": 1})
    assert Settings.model_fields.keys() <= docstrings_of(Settings).keys()


MODEL = {"llm_url": "http://127.0.0.1:9/v1", "llm_model": "m", "llm_max_tokens": 99}


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"host": "::1"}, True),
        ({"port": 9000}, True),
        ({"home": Path("/other")}, True),
        ({"log_level": "DEBUG"}, True),
        ({"chroma_url": "http://127.0.0.1:1"}, True),
        (MODEL, True),  # a language model decides nothing
        ({"k": 11}, False),
        ({"embedder": "other"}, False),
        ({"max_question_chars": 100}, False),
    ],
)
def test_what_can_change_an_answer_and_nothing_else_changes_the_digest(change, same):
    assert (Settings.model_validate(change).digest() == Settings().digest()) is same
