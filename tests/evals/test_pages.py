"""What is told of the pages, without a browser."""

from __future__ import annotations

import re

import pytest

from assistant.errors import SupplyError
from evals.benches.pages import WORKSPACES, Asked, Visit, Wire, _browser, _questions, _report
from evals.cases.case import load_split


class Session:
    """A record of a page, as a browser keeps it."""

    def __init__(self) -> None:
        self.listening = {}
        self.sent = []

    def on(self, name, told):
        self.listening[name] = told

    def send(self, name):
        self.sent.append(name)


def test_only_what_came_over_the_wire_is_counted_and_others_are_named():
    session = Session()
    wire = Wire(session, "http://127.0.0.1:1")
    assert session.sent == ["Network.enable"]
    for number, (url, cached) in enumerate(
        [
            ("http://127.0.0.1:1/a.js", False),
            ("http://127.0.0.1:1/b.js", True),
            ("data:image/png;base64,x", False),
            ("http://127.0.0.1:10/c.js", False),
        ]
    ):
        event = {"requestId": str(number), "request": {"url": url}}
        session.listening["Network.requestWillBeSent"](event)
        response = {"url": url, "fromDiskCache": cached}
        session.listening["Network.responseReceived"]({**event, "response": response})
        session.listening["Network.dataReceived"]({**event, "dataLength": 100})
        session.listening["Network.loadingFinished"]({**event, "encodedDataLength": 10})
    assert wire.outside == ["http://127.0.0.1:10/c.js"]
    assert (wire.requests, wire.sent, wire.whole) == (2, 30, 300)


def test_the_report_gives_medians_times_and_what_went_wrong():
    visit = Visit(100.0, 200.0, None, 1024, 2048, 3, ())
    slow = visit._replace(fcp=300.0, box=50.0, sent=4096)
    asked = [Asked(10.0, 20.0, failed=False), Asked(30.0, 40.0, failed=True)]
    told = _report({"/": ([visit, slow, slow], [visit])}, asked, ["http://outside.invalid/"])
    first, again = told.splitlines()[2:4]
    assert first.split() == ["/", "first", "300", "200", "50", "4", "2", "3"]
    assert again.split() == ["again", "100", "200", "none", "1", "2", "3"]
    assert ": 1\nhttp://outside.invalid/" in told
    assert "first words: p50 20 ms" in told
    assert "n 2" in told
    assert re.search("error: 1$", told, re.M)


def test_questions_are_of_the_development_split_and_stand_alone():
    alone = {case.question for case in load_split("development") if not case.turns}
    found = _questions(30)
    assert len(found) == 30
    assert set(found) <= alone
    assert WORKSPACES[0] == "/"


def test_a_browser_that_is_missing_is_one_sentence(monkeypatch):
    pytest.importorskip("playwright")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SupplyError, match="make browser installs it"), _browser():
        pass
