"""The catalogue of words: what is asked for is there, and what is there is asked for."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from markupsafe import Markup

from assistant.errors import SettingsError
from tests.ui.fake_answer import CORPUS, example_answer
from ui.access.rights import Role, User
from ui.look.templates import DOORS, door_page, notice
from ui.pages.app import WORKSPACES, Frame
from ui.pages.library_views import ways
from ui.words import phrases as words
from ui.words.outline import Outline
from ui.words.phrases import LANGUAGE, catalogue, day, languages, moment, say, speak, spoken

UI = Path(__file__).parents[2] / "ui"

TEMPLATES = {path.name: path.read_text("utf-8") for path in (UI / "templates").glob("*.html")}

QUOTED = re.compile(r"""(say\(\s*)?(["'])([a-z_]+\.[a-z_]*)\2(\s*~)?""")
"""A key that a template asks for; what is put together stands for any."""

APART = frozenset(
    # They speak to whoever sits at a terminal or runs the service.
    "accounts answer_text batch commands corpus_commands"
    " document_commands eval_commands main operator_commands"
    " service_state"
    # Their sentences are for programs and their authors: the schema of the API, a probe, a proxy.
    " api identity"
    # They write files, in the language of the corpus that they quote.
    " answer_document export gap_document report_page session_files session_pptx"
    # It holds example questions, which are of the corpus.
    " talk".split()
)
"""Modules that may have sentences of their own, since they draw no page."""

NAMES = frozenset(
    ("Ground rules", "Where to turn", "note in first 3", "gold first", "note cited", "note focus",
     "note first"),
)  # fmt: skip
"""Names of sections and of measures, by which something is looked up."""

SENTENCE = re.compile(r"[A-Za-z][a-z]+,? [a-z]+,? [a-z]+|[A-Z][a-z]+ [a-z]+\b")

ACCENTS = str.maketrans("aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ")


def pseudo(text):
    """Return words of a made-up language: accented, two fifths longer, what is in braces alone."""
    parts = re.split(r"(\{[^}]*\})", text)
    spoken = "".join(one if one.startswith("{") else one.translate(ACCENTS) for one in parts)
    return f"{spoken}{' שÿ' * max(1, round(len(text) * 0.4 / 3))}"


def speaking(patch):
    """Speak it until the patch is undone, as if it were Arabic, which has six plural forms."""
    made = {
        section: {
            name: pseudo(said)
            if isinstance(said, str)
            else {form: pseudo(text) for form, text in said.items()}
            for name, said in own.items()
        }
        for section, own in catalogue().items()
    }
    patch.setattr(words, "catalogue", lambda language="": made)
    patch.setattr(words, "languages", lambda: ("ar",))
    patch.setattr(words, "_spoken", "ar")


@cache
def modules():
    return {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in UI.rglob("*.py")}


def said_in(tree):
    """Yield patterns of the keys that a module asks for; what is put together stands for any."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
            parts = getattr(node.args[0], "values", [node.args[0]])
            if isinstance(parts[0], ast.Constant):
                yield "".join(
                    re.escape(one.value) if isinstance(one, ast.Constant) else ".+" for one in parts
                )


def templated():
    """Yield patterns of the keys that templates ask for.

    Where a section alone is named, the names are those that the template holds in quotes.
    """
    for text in TEMPLATES.values():
        for _, quote, key, more in QUOTED.findall(text):
            if quote == '"' or not key.endswith("."):
                yield re.escape(key) + (".+" if more else "")
            else:
                names = re.findall(r"""["']([a-z_]+)["']""", text)
                yield from (re.escape(key + name) for name in names)


def keys():
    return {f"{section}.{name}" for section, words in catalogue().items() for name in words}


def test_everything_that_is_asked_for_is_in_the_catalogue():
    there = keys()
    called = [
        re.escape(key) + (".+" if more else "")
        for text in TEMPLATES.values()
        for said, _, key, more in QUOTED.findall(text)
        if said and not key.endswith(".")
    ]
    called += [key for tree in modules().values() for key in said_in(tree)]
    assert len(called) > 50
    missing = {one for one in called if not any(re.fullmatch(one, key) for key in there)}
    assert missing == set()


def test_everything_in_the_catalogue_is_asked_for():
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (UI / "assets").glob("*.js"))
    asked = set(templated())
    for tree in modules().values():
        # A table of phrases names its keys.
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        asked |= {*said_in(tree), *(re.escape(one) for one in constants if isinstance(one, str))}
    whole = re.compile("|".join(one for one in asked if "\\." in one))
    unused = {
        key
        for key in keys()
        if not whole.fullmatch(key)
        and not (key.startswith("script.") and re.search(rf"words\.{key[7:]}\b", scripts))
    }
    assert unused == set()


def test_no_module_that_draws_a_page_has_sentences_of_its_own():
    drawing = modules().keys() - APART
    assert {"templates", "guard", "evaluate_views", "library_views"} <= drawing
    found = {name: said for name in drawing if (said := list(sentences(modules()[name])))}
    assert found == {}


def test_no_template_of_a_page_has_words_of_its_own():
    for name, text in TEMPLATES.items():
        # A report is a file, in the language of the corpus.
        if name != "report.html":
            plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
            assert not re.search(r"[A-Za-z]{3,} [a-z]{2,}", plain), name


def sentences(tree):
    """Yield words in a row that a module holds, docstrings and what it logs or raises aside."""
    silent = {id(one) for node in ast.walk(tree) for one in _silent(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = re.sub(r"<[^>]*>|<[^>]*$|^[^<>]*>", " ", node.value)
        if id(node) not in silent and text not in NAMES and SENTENCE.search(text):
            yield " ".join(text.split())


def _silent(node):
    """Yield what a node holds that no reader sees."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        if name.startswith("logger.") or name.endswith(("Error", "filterwarnings", "write")):
            yield from ast.walk(node)
    if isinstance(node, ast.keyword) and node.arg in ("description", "summary"):
        yield from ast.walk(node.value)


def test_words_stand_on_one_line_and_what_is_not_in_the_catalogue_is_noticed():
    assert all(workspace.title for workspace in WORKSPACES)
    for missing in ("page.nothing", "library.answers_now"):
        with pytest.raises(KeyError):
            say(missing)
    for section, found in catalogue().items():
        for name, form in found.items():
            for text in [form] if isinstance(form, str) else form.values():
                assert text == " ".join(text.split()), (section, name)
    planted = 'def draw(n):\n    """Return it."""\n    return f"<p class=\'a b\'>There are {n}</p>"'
    assert list(sentences(ast.parse(planted))) == ["There are"]
    assert list(sentences(ast.parse("class A:\n    x = 1\n    'What it is.'"))) == []


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
    speaking(monkeypatch)
    drawn = {
        "door": "".join(door_page(kind, say("door.wrong"), "somebody") for kind in DOORS),
        "notice": notice(),
        "library": Frame(accounts=True, notice="").around(
            Markup(""), "library", User("somebody", Role.ADMIN), ways("sources")
        ),
    }
    for section, html in {**drawn, "workspace": drawn["library"]}.items():
        english = {text for text in catalogue()[section].values() if isinstance(text, str)}
        plain = " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", "|", html, flags=re.S).split())
        left = {one for one in english if len(one) > 3 and f"|{one}|" in plain}
        assert left == set(), section
        assert "ÿ" in html
    assert re.search(r'<html lang="(\w+)" dir="(\w+)"', drawn["door"]).groups() == ("ar", "rtl")
    assert pseudo("July") in day("2026-07-31")
    assert "2026" in moment("2026-07-31T09:05:00+00:00")
    outline = Outline.of(example_answer(), CORPUS)
    assert outline.completeness.startswith(pseudo("Complete: {listed}.").partition("{")[0])
