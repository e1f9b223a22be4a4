"""The catalogue of words: what is asked for is there, in any language."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from assistant.errors import SettingsError
from ui.access.rights import Role, User
from ui.look.templates import DOORS, door_page, notice
from ui.pages.app import Frame
from ui.pages.library_views import ways
from ui.words import phrases as words
from ui.words.phrases import LANGUAGE, catalogue, languages, say, speak, spoken

UI = Path(__file__).parents[2] / "ui"

ENGLISH = catalogue()


def test_everything_that_is_asked_for_is_in_the_catalogue():
    files = [path for path in UI.rglob("*") if path.suffix in (".py", ".html")]
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"""\bsay\(\s*(["'])([a-z_]+)\.([a-z_]+)\1\s*[,)]""", texts))
    assert len(asked) > 300
    assert {f"{one}.{name}" for _, one, name in asked if name not in catalogue()[one]} == set()


def test_what_is_not_in_the_catalogue_is_noticed():
    for missing in ("page.nothing", "library.answers_now"):
        with pytest.raises(KeyError):
            say(missing)


def test_plurals_take_the_form_that_the_language_asks_for(monkeypatch):
    assert say("library.passages", n=1) == "1 passage"
    assert say("library.passages", n=2) == "2 passages"
    forms = {"one": "{n} fragment", "few": "{n} fragmenty", "other": "{n} fragmentów"}
    monkeypatch.setattr(words, "catalogue", lambda language: {"x": {"y": forms}})
    monkeypatch.setattr(words, "_spoken", "pl")
    assert [say("x.y", n=n) for n in (1, 3, 5)] == ["1 fragment", "3 fragmenty", "5 fragmentów"]


def test_a_language_that_is_not_there_is_refused_with_those_that_are():
    assert languages() == (LANGUAGE,)
    for name in ("tlh", "../words/en"):
        with pytest.raises(SettingsError, match=rf"'{name}' is not there; choose one of: en"):
            speak(name)
    speak("en")
    assert spoken() == "en"


def test_another_language_is_spoken_by_all_that_is_drawn(monkeypatch):
    def other(said):
        return f"ÿ {said}" if isinstance(said, str) else {form: other(said[form]) for form in said}

    made = {section: {name: other(own[name]) for name in own} for section, own in ENGLISH.items()}
    monkeypatch.setattr(words, "catalogue", lambda language="": made)
    monkeypatch.setattr(words, "_spoken", "ar")
    frame = Frame(accounts=True, notice="")
    library = frame.around(Markup(""), "library", User("a", Role.ADMIN), ways("sources"))
    door = "".join(door_page(kind, say("door.wrong"), "somebody") for kind in DOORS)
    drawn = {"door": door, "notice": notice(), "library": library, "workspace": library}
    for section, html in drawn.items():
        plain = " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", "|", html, flags=re.S).split())
        english = {text for text in ENGLISH[section].values() if isinstance(text, str)}
        assert {one for one in english if len(one) > 3 and f"|{one}|" in plain} == set(), section
    assert re.search(r'<html lang="(\w+)" dir="(\w+)"', door).groups() == ("ar", "rtl")
