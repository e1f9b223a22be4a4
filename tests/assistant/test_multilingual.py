"""The second reading of a message: other languages, and what stands where its model is missing."""

# ruff: noqa: RUF001 (letters of other scripts are meant)

import hashlib
import logging

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.retrieval.encoder import KnownHashes
from assistant.retrieval.models import load_embedder
from assistant.safety import multilingual
from assistant.safety.triage import Safeguard
from assistant.settings import Settings
from assistant.understanding.reader import CASES

SAID = {
    "pt": ("Meu padrasto abusou de mim", "A", "O que diz a convenção sobre o abuso de crianças?"),
    "de": ("Er erpresst mich mit Nacktbildern von mir", "D", "Welche Säule nennt Täter und Opfer?"),
    "it": ("Non voglio più vivere", "H", "Quale pilastro parla degli abusi sui minori?"),
    "nl": (
        "Mijn stiefvader heeft me misbruikt", "A", "Welke pijler gaat over misbruik van kinderen?",
    ),
    "pl": ("Nie chcę już żyć", "H", "Który filar mówi o wykorzystaniu dzieci?"),
    "ru": ("Отчим меня насилует", "A", "Какой столп говорит о насилии над детьми?"),
    "uk": (
        "Мене шантажують, у них мої фото", "D", "Який стовп говорить про насильство над дітьми?",
    ),
    "tr": (
        "Bana şantaj yapıyor, fotoğraflarım onda", "D", "Hangi sütun çocuk istismarı ile ilgili?",
    ),
    "ar": ("عمي يتحرش بي", "A", "ما الركيزة التي تتناول استغلال الأطفال؟"),
    "hi": ("मेरे साथ शोषण हुआ", "A", "कौन सा स्तंभ बाल शोषण के बारे में है?"),
    "id": ("Saya dilecehkan oleh guru", "A", "Pilar mana yang membahas pelecehan anak?"),
    "zh": ("他用我的照片威胁我", "D", "哪个支柱涉及儿童性侵犯?"),
    "ja": ("死にたいです", "H", "どの柱が児童虐待を扱いますか"),
    "sw": ("Mimi sitaki kuishi", "H", "Ni nguzo ipi ya unyanyasaji wa watoto?"),
    "tl": ("Ayoko nang mabuhay", "H", "Aling haligi ang tungkol sa pang-aabuso sa bata?"),
}  # fmt: skip


def reading(need, case="A"):
    found = np.full(10, need / 80)
    found[CASES.index(case)] = need * 0.9
    found[-1] = 1.0 - need
    return found / found.sum()


@pytest.mark.parametrize("code", SAID)
def test_a_plain_disclosure_is_heard_in_many_languages(assistant, code):
    message, case, policy = SAID[code]
    found = assistant._safeguard.triage(message)
    assert found.triggered or found.beside
    assert found.case == case or code not in ("de", "it", "nl", "pl", "pt")
    assert not assistant._safeguard.triage(policy).triggered


def test_a_second_reading_is_one_of_all_cases_and_both_count(settings):
    found = multilingual.alone(reading(0.9, "F"))
    assert found.sum() == pytest.approx(1.0)
    assert 0 < multilingual.need_odds(found) < multilingual.need_odds(reading(0.9, "F"))
    assert CASES[int(np.argmax(found))] == "F"
    second = multilingual.Multilingual(settings)
    text = "Ich bin 13 und jemand erpresst mich mit meinen Bildern."
    low, high = (second.read(text, reading(one, "D"), known=False) for one in (0.1, 0.9))
    assert low.shape == (10,)
    assert low.sum() == pytest.approx(1.0)
    assert low[-1] > high[-1]
    assert CASES[int(np.argmax(high))] == "D"
    work = "Welche Säule nennt Täter und Opfer?"
    assert second.read(work, reading(0.5), known=False)[-1] > low[-1]


def test_one_reading_alone_keeps_its_case(settings, monkeypatch, caplog):
    monkeypatch.setattr(multilingual, "PACKAGE", "no_such_package")
    guard = Safeguard.shipped(load_embedder(settings), settings)
    with caplog.at_level(logging.WARNING):
        found = guard.triage("My stepfather abused me when I was ten.")
    assert found.case == "A"
    assert found.triggered or found.beside
    assert caplog.text.count("no_such_package") == 1


def test_a_packed_file_says_where_everything_stands_and_a_tensor_is_replaced(tmp_path):
    base = multilingual.base_model(KnownHashes(tmp_path)).read_bytes()
    packed = multilingual.unpacked(base)
    assert packed.sizes == (384, 12, 12, 1536, 250037, 512, 2)
    assert base[packed.letters].startswith(b"<s><pad></s><unk>")
    assert len(packed.tensors) == 5 + 12 * 16
    assert max(one.stop for one in packed.tensors.values()) <= len(base)
    place = packed.tensors["l11.q.b"]
    none = bytes(place.stop - place.start)
    changed = base[: place.start] + none + base[place.stop :]
    assert multilingual.replaced(base, {"l11.q.b": none}) == changed
    with pytest.raises(ValueError, match="size"):
        multilingual.replaced(base, {"l11.q.b": b"short"})
    with pytest.raises(KeyError):
        multilingual.replaced(base, {"l99.q.b": b""})
    for data in (b"", b"something else", multilingual.MAGIC + bytes(50)):
        with pytest.raises(ValueError, match="encoder"):
            multilingual.unpacked(data)


def test_the_model_is_put_together_once_and_older_ones_go(tmp_path, monkeypatch):
    second = multilingual.Multilingual(Settings(home=tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "messages-older.bin").write_bytes(b"")
    path = second.prepare()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == second.weights.model
    assert [*path.parent.glob("*.bin")] == [path]
    monkeypatch.setattr(multilingual, "assembled", None)
    assert second.prepare() == path


def test_a_home_that_cannot_be_written_costs_no_second_reading_and_a_changed_model_does(
    tmp_path, monkeypatch
):
    (tmp_path / "models").write_text("a file stands where the folder should")
    second = multilingual.Multilingual(Settings(home=tmp_path))
    assert second.cases("Quiero morirme.")[CASES.index("H")] > 0.5
    monkeypatch.setattr(multilingual, "PIN", "0" * 64)
    with pytest.raises(ModelError, match="reinstall"):
        multilingual.Multilingual(Settings(home=tmp_path)).cases("Good morning")
