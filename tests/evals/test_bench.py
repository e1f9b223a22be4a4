import hashlib
import sys
from types import SimpleNamespace

import pytest

from assistant.errors import SignpostError, SupplyError
from assistant.settings import Settings
from evals.benches import bench, scale, serving
from evals.benches.pages import Wire, _browser


def command(folder, script):
    """Put a `signpost` beside a Python that does not exist, and return that Python."""
    path = folder / "signpost"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(folder / "python")


def test_a_process_is_timed_with_the_home_of_the_settings(monkeypatch, tmp_path):
    python = command(tmp_path, f'echo "$SIGNPOST_HOME $1" >> {tmp_path}/calls')
    monkeypatch.setattr(sys, "executable", python)
    assert bench.process_times(["--help"], Settings(home=tmp_path / "home")) > 0
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == [f"{tmp_path}/home --help"] * (bench.PROCESSES + 1)


def test_a_command_that_fails_or_is_missing_is_one_error(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", command(tmp_path, "echo broken >&2; exit 3"))
    with pytest.raises(SignpostError, match="ended with 3: broken"):
        bench.process_times(["ask"], Settings(home=tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    with pytest.raises(SignpostError, match="not installed"):
        bench.process_times(["ask"], Settings(home=tmp_path))


def test_calls_take_turns_after_others_and_invented_plans_are_the_same_each_time(monkeypatch):
    monkeypatch.setattr(bench, "TURN", 2)
    heard = []
    calls = {"a": lambda text: heard.append(f"a{text}"), "b": lambda text: heard.append(f"b{text}")}
    times = bench.warm_times(["0"], ["1", "2", "3"], calls)
    assert heard == ["a0", "b0", "a1", "a2", "b1", "b2", "a3", "b3"]
    assert set(times) == {"a", "b"}
    assert [len(spent) for spent in times.values()] == [3, 3]
    made = dict(scale.documents(250))
    assert made == dict(scale.documents(250))
    assert [text.count("\n## ") for text in made.values()] == [200, 50]


@pytest.mark.slow
def test_the_whole_bench_runs(monkeypatch, capsys, built_home):
    monkeypatch.setattr(bench, "PROCESSES", 1)
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    assert bench.main() == 0
    assert "sentence-transformers on torch" in capsys.readouterr().out


@pytest.mark.slow
def test_what_a_killed_ingest_embedded_is_not_embedded_again(built_home):
    first, *lines = scale.report((600, 700), built_home)
    _, texts, again = (int(word) for word in first.replace(":", "").split() if word.isdecimal())
    assert texts == 600 > again
    assert "a question costs " in lines[-1]


def test_only_what_came_over_the_wire_is_counted_and_others_are_named():
    listening, sent = {}, []
    session = SimpleNamespace(on=listening.__setitem__, send=sent.append)
    wire = Wire(session, "http://127.0.0.1:1")
    assert sent == ["Network.enable"]
    image, other = "data:image/png;base64,x", "http://127.0.0.1:10/c.js"
    urls = ("http://127.0.0.1:1/a.js", "http://127.0.0.1:1/b.js", image, other)
    for number, url in enumerate(urls):
        event = {"requestId": number, "request": {"url": url}, "dataLength": 100}
        event |= {"encodedDataLength": 10, "response": {"url": url, "fromDiskCache": number == 1}}
        for name in ("requestWillBeSent", "responseReceived", "dataReceived", "loadingFinished"):
            listening[f"Network.{name}"](event)
    assert wire.outside == [other]
    assert (wire.requests, wire.sent, wire.whole) == (2, 30, 300)


def test_a_browser_that_is_missing_is_one_sentence(monkeypatch):
    pytest.importorskip("playwright")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SupplyError, match="make browser installs it"), _browser():
        pass


def parts(folder, count):
    for number in range(1, count + 1):
        own = folder / f"made_up_part{number}"
        own.mkdir(parents=True)
        (own / "__init__.py").write_text("")
        (own / "piece.bin").write_bytes(bytes([number]) * 9)
    return folder


def test_parts_are_joined_in_numeric_order_if_they_are_the_model(tmp_path, capsys, monkeypatch):
    out = tmp_path / "model.gguf"
    assert serving.main(["join", str(parts(tmp_path / "parts", 2)), str(out)]) == 1
    assert "are not the model" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == [tmp_path / "parts"]
    whole = b"".join(bytes([number]) * 9 for number in range(1, 12))
    monkeypatch.setattr(serving, "SHA256", hashlib.sha256(whole).hexdigest())
    assert serving.main(["join", str(parts(tmp_path / "more", 11)), str(out)]) == 0
    assert out.read_bytes() == whole
