"""The Library workspace without a browser: its views, what is done there, and its keeper."""

import re
import threading
import time
from datetime import date
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.certificates.edition import export_edition
from assistant.errors import CorpusError, IndexBusy, StoreError
from assistant.retrieval.store import Index, status, store_of
from assistant.safety.audit import AnswerCount, AuditCounts, MessageCount
from assistant.settings import Settings
from corpus.checks.corpus_check import WholeReport
from corpus.checks.framework_check import CheckReport
from corpus.passage import Corpus, Problem
from tests.fakes import hashing_embedder
from tests.hostile import pdf, pdf_words
from tests.ui.fake_answer import CORPUS, NOTES, OLD_NOTES, passage
from ui.access.rights import USER, Role, Turns, User
from ui.access.service_state import State, Switch
from ui.pages.app import Frame
from ui.pages.library_keeper import Job, Keeper, Refusal
from ui.pages.library_views import STATUSES, Library, days_of, review_of
from ui.server.server import add_problems
from ui.server.tools import Work
from ui.server.workspace_routes import build_library
from ui.words.phrases import say

HOSTILE = "<script>alert(1)</script>{{x}} ${y}"

WARNINGS = (
    Problem(id=f"{NOTES.id}#1", message="The note is near its review."),
    Problem(id="services", message="A page was not read; open it."),
)
FOUND = CheckReport(counts={"notes": 2}, problems=(), warnings=WARNINGS)
REPORT = WholeReport(parts={"guidance": FOUND})


def build(settings, corpus=CORPUS):
    return Index.build(corpus, hashing_embedder(), settings)


def light(patch):
    """Let the pages take that model for the one that ships."""
    for name in ("load_embedder", "ready_embedder"):
        patch.setattr(f"assistant.retrieval.models.{name}", lambda settings: hashing_embedder())


def earlier():
    """Return an edition before: one passage less, and one in other words."""
    first, second, *rest = CORPUS.passages
    reworded = passage(second.id, f"Formerly {second.text}", str(second.lines))
    return Corpus(sources=CORPUS.sources, passages=(first, reworded, *rest[:-1]))


def keep_earlier(settings):
    folder = settings.home / "editions"
    folder.mkdir(parents=True, exist_ok=True)
    export_edition(earlier(), folder / "earlier.json")


@pytest.fixture
def place(tmp_path, monkeypatch):
    light(monkeypatch)
    return Settings(home=tmp_path)


@pytest.fixture
def keeper(place):
    keeper = Keeper(CORPUS, place)
    keeper.checking, keeper.building = Job(lambda _: REPORT), Job(lambda _: build(place))
    # The corpus on the disk is the one that ships, and the one that answers is made up.
    keeper._check_disk = lambda: None
    return keeper


@pytest.fixture
def client(keeper, place):
    server = FastAPI()
    add_problems(server)
    work = Work(Turns(2, 2))
    server.include_router(build_library(keeper, Switch(place.home), Frame(False, ""), work))

    @server.middleware("http")
    async def entered(request, follow):
        role = Role(request.headers.get("role", "admin"))
        request.scope[USER] = User("somebody", role)
        return await follow(request)

    with TestClient(server) as client:
        yield client


def ended(job):
    until = time.monotonic() + 60
    while job.state == "running" and time.monotonic() < until:
        time.sleep(0.01)


def view(client, name="", **given):
    answer = client.get("/library", params={"view": name, **given})
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main>")[2].partition("</main>")[0]


def done(client, what, **fields):
    answer = client.post(f"/api/library/{what}", data=fields)
    assert answer.status_code == 200, answer.text
    return answer.text


def listed(html):
    found = re.findall(r'<th scope="row"><a href="/library\?source=([^"]+)"', html)
    return list(map(unquote, found))


def test_every_source_is_a_row_that_filters_leave_and_orders_sort_and_can_be_opened(client):
    assert listed(view(client)) == [one.id for one in CORPUS.sources]
    guidance = [one.id for one in CORPUS.sources if one.tier == "guidance"]
    assert listed(view(client, tier="guidance")) == guidance
    assert listed(view(client, words="global strategic")) == [CORPUS.sources[0].id]
    assert say("library.none_fit") in view(client, words="nothing like it")
    counts = re.findall(r'Passages">(\d+)<', view(client, sort="passages"))
    assert counts == sorted(counts, key=int, reverse=True)
    assert OLD_NOTES.id in listed(view(client, past="yes"))
    html = view(client, source=NOTES.id)
    own = [one.id for one in CORPUS.passages if one.source_id == NOTES.id]
    titles = [work.title for work in NOTES.references]
    assert [one for one in (*own, *titles, NOTES.sha256) if one not in html] == []
    assert say("library.no_source") in view(client, source="gone")


def test_a_source_is_past_its_review_the_day_after_and_near_it_for_thirty_days():
    days = {"2026-11-24": "past", "2026-11-25": "soon", "2026-12-25": "soon", "2026-12-26": "good"}
    for until, state in {**days, "": "fixed"}.items():
        source = OLD_NOTES.model_copy(update={"review_by": until})
        assert review_of(source, date(2026, 11, 25))[0] == state


def test_what_a_check_found_stands_with_the_source_and_in_all(client, keeper):
    near, unread = (one.message for one in REPORT.warnings)
    done(client, "check")
    ended(keeper.checking)
    found, of_note = view(client, "check"), view(client, source=NOTES.id)
    assert (near in found, unread in found) == (True, True)
    assert (near in of_note, unread in of_note) == (True, False)


def test_the_index_is_built_and_gone_back_from(client, keeper, place):
    assert say("library.current_none") in view(client, "index")
    done(client, "build", build="")
    ended(keeper.building)
    first = status(place).current
    assert first.build in view(client, "index")
    done(client, "build", build=first.build)
    ended(keeper.building)
    current = keeper.shelf()[1]
    assert current.manifest.build == keeper.building.result.build != first.build
    assert not current.wrong
    asked = view(client, "index", confirm="rollback")
    offered = re.findall(r'rollback"><input type="hidden" name="build" value="([^"]+)"', asked)
    assert offered == [first.build]
    done(client, "rollback", build=first.build)
    assert status(place).current.build == first.build


def test_a_page_that_showed_another_index_builds_and_rolls_back_nothing(client, place, keeper):
    now = build(place)
    for what in ("build", "rollback"):
        refused = client.post(f"/api/library/{what}", data={"build": "other"})
        assert (refused.status_code, say("library.index_changed") in refused.text) == (409, True)
    assert keeper.building.state == "idle"
    assert status(place).current.build == now.build
    many = client.post("/api/library/build", data={f"a{n}": "1" for n in range(401)})
    assert many.status_code == 400


def test_differences_are_shown_by_passage_with_their_words_marked(client, place):
    assert say("library.no_editions") in view(client, "changes")
    keep_earlier(place)
    html = view(client, "changes", edition="earlier.json")
    assert "1 passage added" in html
    assert "1 passage reworded" in html
    assert re.search(r"<del><span[^>]*>[^<]+</span>Formerly</del>", html)
    done(client, "editions")
    assert say("library.same") in view(client, "changes", edition=f"{CORPUS.digest[:12]}.json")


def test_documents_are_taken_in_for_some_roles_drawn_for_them_and_taken_out(client, keeper):
    quay = pdf(pdf_words("The council of the quay meets in winter."))
    files = [("files", ("..\\quay.pdf", quay)), ("files", ("<b>.pdf", b"no pdf"))]
    fields = {"library": "plans", "roles": ["officer", "trainer"]}
    assert client.post("/api/library/documents", data=fields, files=files).status_code == 200
    ended(keeper.changing)
    html = view(client, "documents")
    assert [one.outcome for one in keeper.changing.result.files] == ["taken in", "mismatch"]
    assert "quay.pdf: 1 page, 1 passage." in html
    assert "<b>" not in html
    (source,) = re.findall(r'remove=([^"]+)"', html)
    assert re.findall(r'value="(\w+)" checked', html.partition("/roles")[2])[:2] == fields["roles"]
    page = f"/api/documents/plans/{source}/1"
    assert client.get(page, headers={"role": "officer"}).headers["content-type"] == "image/jpeg"
    assert client.get(page, headers={"role": "evaluator"}).status_code == 404
    done(client, "roles", library="plans", roles=["officer", "trainer", "evaluator"])
    assert client.get(page, headers={"role": "evaluator"}).status_code == 200
    done(client, "remove", library="plans", source=source)
    ended(keeper.changing)
    assert client.get(page).status_code == 404
    assert say("library.documents_none") in view(client, "documents", library="plans")


def test_the_switch_is_set_on_the_page(client, place):
    assert re.findall(r'value="([a-z-]+)" checked', view(client, "service")) == ["on"]
    assert "Back at noon." in done(client, "switch", state="read-only", message="Back at noon.")
    assert Switch(place.home).now().state is State.READ_ONLY
    done(client, "switch", state="on")
    assert Switch(place.home).now().state is State.ON


def test_use_stands_in_columns_and_messages_are_named_in_plain_words():
    day, few = "2026-11-25", "fewer than 5"
    counted = (("answered", 12, ""), ("partial", 7, ""), ("partial", few, "gap"))
    names = ("status", "answers", "reason")
    answers = [AnswerCount(day=day, **dict(zip(names, one, strict=True))) for one in counted]
    triage = [MessageCount(day=day, case="A", messages=few)]
    ((_, cells),) = days_of(AuditCounts(answers=answers, triage=triage))
    told = dict(zip((*STATUSES, "messages"), cells, strict=True))
    assert (told["answered"], told["partial"], told["declined"]) == ("12", "8 to 11", "")
    assert told["messages"] == f"{say('triage.a')}: 1 to 4"


def test_hostile_words_stay_words(place):
    changed = {"title": HOSTILE, "publisher": HOSTILE, "url": "javascript:x"}
    source = NOTES.model_copy(update=changed)
    own = tuple(one for one in CORPUS.passages if one.source_id == NOTES.id)
    keeper = Keeper(Corpus(sources=(source,), passages=own), place)
    library = Library(keeper, Switch(place.home))
    for asked in ({}, {"source": source.id}, {"view": "changes", "edition": HOSTILE}):
        assert not re.search('<script|href="javascript', library.draw(asked))


def test_a_build_elsewhere_or_here_is_told_and_a_changed_corpus_is_not_built(keeper, place):
    first = build(place)
    with store_of(place).lock():
        keeper.start_building(first.build)
        ended(keeper.building)
        with pytest.raises(IndexBusy) as busy:
            build(place)
    assert keeper.building.said == str(busy.value)
    assert status(place).current.build == first.build
    keeper.building.state = "running"
    with pytest.raises(Refusal, match="being built already"):
        keeper.start_building(first.build)
    with pytest.raises(Refusal, match=re.escape(say("library.disk_changed"))):
        Keeper(CORPUS, place).start_building(first.build)


@pytest.mark.parametrize("why", ["mismatch", "damage"])
def test_nobody_goes_back_to_an_index_that_is_damaged_or_of_another_corpus(keeper, place, why):
    old = build(place, earlier() if why == "mismatch" else CORPUS)
    now = build(place)
    if why == "damage":
        vectors = place.home / "index" / "builds" / old.build / "framework.f32"
        vectors.write_bytes(vectors.read_bytes()[:-4] + b"\0\0\0\0")
    told = keeper.shelf()[2].wrong
    assert told
    with pytest.raises(Refusal, match=re.escape(told)):
        keeper.roll_back(old.build)
    assert status(place).current.build == now.build


def test_nothing_but_an_edition_of_the_folder_is_read(keeper, place):
    keep_earlier(place)
    (place.home / "switch.json").write_text("{}")
    (place.home / "editions" / "link.json").symlink_to(place.home / "switch.json")
    for name in ("../switch.json", "/etc/passwd", "", "nothing.json", "link.json"):
        with pytest.raises(Refusal, match="not in the folder"):
            keeper.compared(name)
    (place.home / "editions" / "bad.json").write_text("{}")
    with pytest.raises(CorpusError, match="is no edition"):
        keeper.compared("bad.json")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_runs_once_at_a_time_tells_how_far_it_is_and_why_it_failed_without_words_of_ours():
    reached, go_on = threading.Event(), threading.Event()
    full, fault = StoreError("The disk is full; make room."), RuntimeError("words of a question")
    ends = iter((None, full, fault))

    def work(report):
        report(3, 7)
        reached.set()
        assert go_on.wait(10)
        if error := next(ends):
            raise error
        return "built"

    job = Job(work)
    for said in ("", str(full), say("problem.fault")):
        assert job.start()
        assert reached.wait(10)
        assert (job.state, job.done, job.total) == ("running", 3, 7)
        assert not job.start()
        go_on.set()
        ended(job)
        for one in threading.enumerate():  # Its fault is told by then, to this test alone.
            if one.name == "job":
                one.join(10)
        assert (job.state, job.said) == ("failed" if said else "done", said)
        assert job.result == "built"  # What came before is kept.
        reached.clear()
        go_on.clear()
