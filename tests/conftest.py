"""What every test stands on: no network, no settings of the machine, one built home for all."""

import os
import shutil
import socket
from ipaddress import ip_address
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from assistant.settings import PREFIX, Settings

KEPT = Path(os.environ.get(f"{PREFIX}HOME", ".signpost")).resolve()
"""The checkout's home, whose precedents and vectors need not be made again."""

# How long one example takes says how busy the machine is.
hypothesis.settings.register_profile("signpost", deadline=None)
hypothesis.settings.load_profile("signpost")


def pytest_addoption(parser):
    parser.addoption("--renew", action="store_true", help="write the golden files anew")


class NetworkTouched(AssertionError):
    """A test tried to leave the machine."""


def _stays_here(address):
    if not isinstance(address, tuple):
        return True  # a path of a Unix socket
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _machine_left_outside():
    """Refuse every connection but loopback, and forget the settings of whoever runs the tests."""
    lookup = socket.getaddrinfo

    def guarded(call):
        def checked(self, address):
            if not _stays_here(address):
                raise NetworkTouched(f"A test tried to reach {address!r}.")
            return call(self, address)

        return checked

    def guarded_lookup(host, *rest, **named):
        if host and not _stays_here((host.decode() if isinstance(host, bytes) else host,)):
            raise NetworkTouched(f"A test tried to look up {host!r}.")
        return lookup(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def whole():
    from corpus.whole import Whole

    return Whole.read()


@pytest.fixture(scope="session")
def framework(whole):
    return whole.framework


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """Settings with a home of this run; its index is built once `assistant` was asked for."""
    return Settings(home=tmp_path_factory.mktemp("home"))


def _shared(tmp_path_factory):
    """Return the folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def built_home(settings, tmp_path_factory):
    """The home of this run with the real corpus indexed by the real model; leave it as it is.

    Whichever process comes first builds it, and each has a copy of its own.
    """
    from assistant.opening import build_shipped
    from assistant.retrieval.store_volume import FolderStore, Pointer

    origin = Settings(home=_shared(tmp_path_factory) / "origin")
    with FileLock(origin.home.with_suffix(".lock")):
        if not origin.home.exists():
            own = shutil.ignore_patterns("reader.*")  # Weights that somebody learned in that home.
            for path in filter(Path.is_dir, (KEPT / "models", KEPT / "index")):
                shutil.copytree(path, origin.home / path.name, ignore=own)
            store, pointer = FolderStore(origin.home), Pointer(current=build_shipped(origin).build)
            store.point(pointer)
            store.sweep(pointer.builds)
    _copy_home(origin.home, settings.home)
    return settings.home


def _copy_home(home, to):
    """Copy a built home; large model files are linked, not copied."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("models"), dirs_exist_ok=True)
    shutil.copytree(home / "models", to / "models", copy_function=os.link)


@pytest.fixture(scope="session")
def assistant(built_home, settings):
    from assistant.pipeline import Assistant

    return Assistant.open(settings)


@pytest.fixture(scope="session")
def loose_assistant(built_home, settings):
    """The same at a risk at which hardly anything is refused for being uncertain."""
    from assistant.pipeline import Assistant

    return Assistant.open(settings.model_copy(update={"risk": 0.15}))


@pytest.fixture(scope="session")
def home_with_runs(tmp_path_factory):
    """A home without an index and with two scored runs; leave it as it is."""
    from tests.evaluated import made_runs

    home = _shared(tmp_path_factory) / "runs"
    with FileLock(home.with_suffix(".lock")):
        if not home.exists():
            made_runs(home)
    return home


@pytest.fixture
def own_runs(home_with_runs, tmp_path):
    """The same home, which a test may break."""
    return shutil.copytree(home_with_runs, tmp_path / "own-runs")


@pytest.fixture
def own_home(built_home, tmp_path):
    """A built home that a test may break."""
    _copy_home(built_home, tmp_path / "own-home")
    return tmp_path / "own-home"
