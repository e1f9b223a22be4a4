"""The route that stops an answer while it is worded."""

from threading import Event

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.wording import writing
from ui.access.rights import Role, User
from ui.server.api import build_ask
from ui.server.tools import caller
from ui.service.growing import Underway


def client(underway: Underway, name: str) -> TestClient:
    app = FastAPI()
    app.include_router(build_ask(underway))
    app.dependency_overrides[caller] = lambda: User(name, Role.OFFICER)
    return TestClient(app)


def test_whoever_asked_stops_it_and_nobody_else_can_or_learns_of_it() -> None:
    underway = Underway()
    words, _, cut = writing([Event()])
    growing = underway.begin(words, "mary", lambda answer: None)
    for name, token in (("martha", growing.token), ("mary", "no token of anybody")):
        told = client(underway, name).post("/api/ask/stop", json={"token": token})
        assert (told.status_code, told.content) == (204, b"")
        assert not cut.is_set()
    told = client(underway, "mary").post("/api/ask/stop", json={"token": growing.token})
    assert (told.status_code, told.content) == (204, b"")
    assert growing.answer.provenance.wording is not None
    assert growing.answer.provenance.wording.cause == "cancelled"
    assert cut.is_set()


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 65}, {"token": 1}, {"t": "x"}])
def test_what_is_no_token_is_refused(body: dict[str, object]) -> None:
    assert client(Underway(), "mary").post("/api/ask/stop", json=body).status_code == 422
