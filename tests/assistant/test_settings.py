from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant import records
from assistant.errors import SettingsError
from assistant.settings import PREFIX, Settings
from corpus.passage import docstrings_of


def test_the_environment_is_read_and_the_defaults_stay_on_this_machine(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path)
    assert (settings.host, settings.chroma_url, settings.port) == ("127.0.0.1", "", 7860)
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNPOST_PORT", "8001")
    settings = Settings.from_environment()
    assert (settings.home, settings.port) == (tmp_path, 8001)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PROT", "1", r"SIGNPOST_PORT\b"),
        ("CHROMA", "1", r"SIGNPOST_CHROMA_URL\b"),
        *(("PORT", one, one) for one in ("0", "65536", "door")),
        *((one, "0", "0") for one in ("MAX_QUESTION_CHARS", "K", "LLM_TIMEOUT_S")),
        *(("LOG_LEVEL", "LOUD", "LOUD"), ("LLM_MAX_TOKENS", "15", "15")),
        ("LLM_URL", "ftp://example.org", "ftp://example.org"),
    ],
)
def test_a_wrong_variable_is_named_with_the_nearest_or_its_value(monkeypatch, name, value, said):
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsError, match=rf"{PREFIX}{name}\b.*{said}") as refused:
        Settings.from_environment()
    assert "\n" not in str(refused.value)


def test_settings_are_frozen_and_refuse_what_they_do_not_know_and_every_field_is_documented():
    with pytest.raises(ValidationError):
        Settings().port = 1  # that is the point
    with pytest.raises(ValidationError):
        Settings.model_validate({"prot": 1})
    named = [one for one in vars(records).values() if isinstance(one, type)]
    for record in (Settings, *(one for one in named if issubclass(one, records.Record))):
        assert record.model_fields.keys() <= docstrings_of(record).keys(), record


def test_what_can_change_an_answer_and_nothing_else_changes_the_digest():
    for change, same in (
        ({"host": "::1", "port": 9000, "home": Path("/other"), "log_level": "DEBUG"}, True),
        ({"chroma_url": "http://127.0.0.1:1", "audit_text": True, "retention_days": 1}, True),
        # A language model decides nothing.
        ({"llm_url": "http://127.0.0.1:9/v1", "llm_model": "m", "llm_max_tokens": 99}, True),
        ({"k": 11}, False),
        ({"embedder": "other"}, False),
        ({"max_question_chars": 100}, False),
    ):
        assert (Settings.model_validate(change).digest() == Settings().digest()) is same
