"""What is sent compressed, and what is not; which files a browser keeps."""

import gzip
import re

import httpx
import pytest

from assistant.settings import Settings
from tests.ui.fake_answer import EXAMPLE, FakeAssistant
from tests.ui.served import serving
from ui.server.middleware import is_compressed
from ui.service.workspaces import WORKSPACES

pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting':DeprecationWarning")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(FakeAssistant(), Settings(home=tmp_path_factory.mktemp("page"))) as address:
        yield address


def test_pages_are_sent_compressed_to_whoever_takes_it(address):
    for path in [*(one.path for one in WORKSPACES), "/api/openapi.json"]:
        with httpx.stream("GET", f"{address}{path}", timeout=30) as packed:
            raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip", path
        assert "accept-encoding" in packed.headers["vary"].lower()
        plain = httpx.get(f"{address}{path}", headers={"accept-encoding": "identity"}, timeout=30)
        assert "content-encoding" not in plain.headers
        # Gradio names the components of each page anew, so that the two are not quite the same.
        assert abs(len(gzip.decompress(raw)) - len(plain.content)) < 100
        assert len(raw) < len(plain.content) / 2


def test_answers_sign_in_and_streams_are_left_as_they_are(address):
    answer = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
    assert len(answer.content) > 1000
    assert "content-encoding" not in answer.headers
    for method, path in (
        ("GET", "/sign-in"),
        ("GET", "/account"),
        ("POST", "/api/library/check"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/api/me"),
    ):
        assert not is_compressed({"type": "http", "method": method, "path": path})
    assert not is_compressed({"type": "lifespan"})


def test_files_that_never_change_are_kept_by_browsers_and_nothing_else(address):
    page = httpx.get(address, timeout=30)
    assert page.headers["cache-control"] == "no-store"
    file = re.search(r"assets/index-[\w-]+\.css", page.text)[0]
    kept = httpx.get(f"{address}/{file}").headers["cache-control"]
    assert kept == "private, max-age=31536000, immutable"
    gone = httpx.get(f"{address}/assets/nothing-at-all.js")
    assert "immutable" not in gone.headers.get("cache-control", "")
    sign = httpx.get(f"{address}/favicon.ico")
    assert sign.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in sign.content
