"""Cues: what each says, that what is quoted is left out, and that no two have one name."""

from __future__ import annotations

import pytest

from assistant.rules.triage_cues import KINDS, count, names, plain, read, said

SAYS = {
    "scenario": ("a fictitious case for a slide", "étude de cas fictif", "un caso práctico"),
    "desk": ("my minister asks", "notre plan national", "nuestro informe"),
    "task": ("I am reviewing a pathway", "je rédige une note", "estoy preparando un taller"),
    "body": ("our helpline", "notre association", "nuestra fundación"),
    "officials": ("the regulator asks", "le gouvernement", "el gobierno"),
    "legal": ("a criminal offence", "quelle peine", "es delito"),
    "sources": ("which studies exist", "quelles normes", "qué dicen las guías"),
    "at_large": ("men who look", "quand un élève parle", "cuando una alumna habla"),
    "way_round": ("without being noticed", "sans être repéré", "sin que nadie lo note"),
    "young": ("younger girls", "des petites filles", "niñas pequeñas"),
    "worn": ("I dread every shift", "je pleure souvent", "estoy al límite"),
    "farewell": ("it all to stop", "une lettre d'adieu", "me voy a tirar"),
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, one) for name, all_ in SAYS.items() for one in all_]
)
def test_a_cue_is_read_in_three_languages(name: str, text: str) -> None:
    assert read(plain(text))[names().index(name)] == 1.0
    assert read(plain("which pillar is the second?"))[names().index(name)] == 0.0


def test_what_is_quoted_gives_no_cue_but_that_it_is_quoted() -> None:
    row = read(
        plain("My slide quotes a child: “he hurts me and I want to die”, which pillar is it?")
    )
    told = {name for name, seen in zip(names(), row, strict=True) if seen}
    assert "quoted" in told
    assert not told & {"to_me", "suicide", "harm"}


def test_a_message_that_is_all_quoted_is_read_whole() -> None:
    assert said('"he hurts me"') == '"he hurts me"'


def test_every_cue_has_a_name_of_its_own() -> None:
    assert len(set(names())) == count() == len(read("a text"))
    assert set(KINDS) <= set(names())
