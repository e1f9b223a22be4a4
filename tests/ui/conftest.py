"""What tests of the command and the server share: homes, what is printed, one served address."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.browsing import ARGUMENTS, Watched
from ui.access import service_state
from ui.access.service_state import OwnState, RedisState
from ui.cli.main import main

EXAMPLE = "What outcomes and partners relate to victim identity protection?"
SIGNPOST = Path(sys.executable).with_name("signpost")
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def refused(capfd):
    """Run a command that is refused; return its one line."""

    def run(*arguments):
        capfd.readouterr()
        code = main(list(map(str, arguments)))
        out, err = capfd.readouterr()
        assert (code, out) == (1, "")
        assert_one_line(err)
        return err

    return run


@pytest.fixture
def printed(capfd):
    """Run a command that ends with a code, 0 if none is named; return what it prints on stdout."""

    def run(*arguments, code=0, quiet=False):
        capfd.readouterr()
        assert main(list(map(str, arguments))) == code
        out, err = capfd.readouterr()
        assert not (quiet and err)
        return out

    return run


@pytest.fixture
def as_golden(request):
    """Hold what is told against a golden file, which is written anew if that is asked for."""

    def check(name, told):
        path = GOLDEN / name
        if request.config.getoption("--renew", default=False):
            path.write_text(told, encoding="utf-8")
        assert told == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def ready(built_home, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    return built_home


@pytest.fixture
def broken(own_home, monkeypatch):
    """A built home that the test breaks."""
    monkeypatch.setenv("SIGNPOST_HOME", str(own_home))
    return own_home


@pytest.fixture(scope="module")
def served_home(tmp_path_factory):
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def tokens(served_home):
    """The tokens of its accounts, one for each role."""
    from tests.ui.served import add_accounts

    return add_accounts(served_home)


@pytest.fixture(scope="module")
def backend(request):
    """What answers there: what the module's `BACKEND` makes, or a fake assistant."""
    from tests.ui.fake_answer import FakeAssistant

    return getattr(request.module, "BACKEND", FakeAssistant)()


@pytest.fixture(scope="module")
def address(request, served_home, backend):
    """Where a server is that is served as the module's `SERVED` says."""
    from assistant.settings import Settings
    from tests.ui.served import serving

    given = request.module.SERVED
    if given.get("access") == "accounts":
        request.getfixturevalue("tokens")
    with serving(backend, Settings(home=served_home, **given)) as address:
        yield address


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    from evals.benches.replicas import redis_server

    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["own", "redis"])
def open_state(request, tmp_path, monkeypatch):
    """Opens what a server keeps or shares, as often as there are servers, in both its forms."""
    monkeypatch.setattr(service_state, "PATIENCE", 20.0)
    opened = []

    def run():
        if request.param == "redis":
            opened.append(RedisState(request.getfixturevalue("redis_url")))
        elif not opened:
            opened.append(OwnState(tmp_path))
        return opened[-1]

    yield run
    if request.param == "redis":
        for state in opened[:1]:
            state._redis.flushall()
    for state in opened:
        state.close()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing; `make browser` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def seen(context, address):
    return Watched(context.new_page(), address)


@pytest.fixture(params=["1280-light", "1280-dark", "320-light", "320-dark"])
def look(request, chromium):
    width, scheme = request.param.split("-")
    viewport = {"width": int(width), "height": 800}
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    yield context
    context.close()


def assert_one_line(err):
    assert re.fullmatch(r"signpost: .*\n", err)


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def words(html):
    """Return what HTML says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def line_on_stderr(*arguments):
    told = subprocess.run([SIGNPOST, *arguments], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert_one_line(told.stderr)
    return told.stderr
