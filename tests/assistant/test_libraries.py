from datetime import UTC, datetime

import pytest

from assistant.answering.decide import UNNAMED
from assistant.certificates.edition import Edition
from assistant.certificates.recheck import certify, verify
from assistant.citing import ground
from assistant.errors import ExportError, LibraryError
from assistant.foreign import _joined, open_library
from assistant.ingestion import Library, found_files, libraries, visible_library
from assistant.records import Filters, Question, cited_in
from assistant.retrieval import store
from assistant.settings import Settings
from tests.fakes import HashingEmbedding, hashing_embedder
from tests.hostile import pdf, pdf_words
from tests.ui.fake_answer import example_answer, uncovered_answer
from ui.exports.answer_document import answers_document
from ui.exports.document import document_as_markdown
from ui.server.api import checked_answers

PLAN = """# Coastal plan

## Hotline

The Ministry of Tides opens a national hotline in Lowport in June 2027.

## Money

Each year 12 million crowns are set aside for the hotline.
"""


@pytest.fixture
def library(tmp_path):
    return Library(Settings(home=tmp_path / "home"), "plans")


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "coastal.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


def _change(library, *paths, removed=()):
    return library.change(paths, removed, hashing_embedder)


def test_a_second_ingest_embeds_nothing_and_a_changed_file_what_is_new(library, plan):
    first = _change(library, plan)
    assert (first.held, first.texts, first.embedded) == (1, 2, 2)
    again = _change(library, plan)
    assert ([one.outcome for one in again.files], again.embedded) == (["unchanged"], 0)
    (copy := plan.with_name("copy.md")).write_text(PLAN, encoding="utf-8")
    assert _change(library, copy).files[0].outcome == "same"
    plan.write_text(PLAN.replace("12 million", "13 million"), encoding="utf-8")
    renewed = _change(library, plan)
    assert (renewed.files[0].outcome, renewed.texts, renewed.embedded) == ("renewed", 2, 1)
    # All vectors are compared for an answer, so that a graph of them would never be asked.
    assert not list(library.folder.rglob("chroma"))


def test_what_is_taken_out_is_in_no_file(library, plan):
    (other := plan.with_name("other.txt")).write_text("Buoys are painted red.", encoding="utf-8")
    drawn = pdf(pdf_words("The council of the quay meets in winter."))
    library.change([plan, other], (), hashing_embedder, sent=[("quay.pdf", drawn)])
    kept = next(one for one in library.held() if one.original)
    assert library.picture(kept.source_id, 1).startswith(b"\xff\xd8")
    done = _change(library, removed=("coastal.md", "quay.pdf"))
    assert (done.held, done.embedded) == (1, 0)
    home = library.folder.parents[1]
    data = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for gone in (b"Ministry of Tides", b"coastal.md", b"council of the quay", b"%PDF"):
        assert gone not in data
    assert b"Buoys are painted red." in data
    for source in (kept.source_id, "../../access"):
        with pytest.raises(LibraryError, match="keeps no such PDF"):
            library.picture(source, 1)
    with pytest.raises(LibraryError, match=r"which holds other\.txt"):
        _change(library, removed=("coastal.md",))
    _change(library, removed=("other.txt",))
    assert not library.folder.exists()


def test_a_build_that_was_killed_goes_on_where_it_was(library, tmp_path, monkeypatch):
    text = "\n\n".join(f"# Part {n}\n\nRule {n} of the quay is number {n}." for n in range(20))
    (path := tmp_path / "rules.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(store, "EMBEDDED", 4)
    failing = hashing_embedder()
    batches = iter([failing.embed_all] * 2)
    failing.embed_all = lambda texts: next(batches)(texts)
    with pytest.raises(StopIteration):
        library.change([path], (), lambda: failing)
    assert library.held() == ()
    model = HashingEmbedding(model_name="hashing")
    done = library.change([path], (), lambda: hashing_embedder(model))
    assert (done.texts, done.embedded, len(model.seen)) == (20, 12, 12)
    assert not (library.folder / "index" / "encoded").exists()


def test_a_refused_file_keeps_nobody_out_and_a_role_sees_what_it_may(library, plan, tmp_path):
    (bad := tmp_path / "bad.pdf").write_bytes(b"no PDF")
    _change(library, bad, plan)
    assert [one.name for one in library.held()] == ["coastal.md"]
    settings = Settings(home=tmp_path / "home")
    assert libraries(settings, "officer") == ("plans",)
    library.grant(["trainer"])
    found = [libraries(settings, role) for role in ("officer", "trainer", "admin")]
    assert found == [(), ("plans",), ("plans",)]
    with pytest.raises(LibraryError, match="no library 'plans'"):
        visible_library(settings, "plans", "officer")
    for name in ("", "../up", "Upper", "-x"):
        with pytest.raises(LibraryError, match="no name"):
            Library(settings, name)


def test_a_folder_is_gone_through_without_following_links(tmp_path, plan):
    (top := tmp_path / "top" / "inner").mkdir(parents=True)
    plan.rename(top / "a.md")
    (top / "picture.png").write_bytes(b"")
    (top / "away").symlink_to("/etc")
    found = found_files([tmp_path / "top", top / "a.md"])
    assert [name for name, _ in found] == ["top/inner/a.md", "top/inner/away", "a.md"]
    with pytest.raises(LibraryError, match="is not there"):
        found_files([tmp_path / "none"])


@pytest.fixture(scope="module")
def tier(assistant, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tier")
    (path := folder / "coastal.md").write_text(PLAN, encoding="utf-8")
    library = Library(Settings(home=folder / "home"))
    library.change([path], (), lambda: assistant.embedder)
    assert open_library(assistant, library) is open_library(assistant, library)
    return open_library(assistant, library)


def test_a_library_answers_under_a_heading_of_its_own_also_in_certificates_and_exports(tier):
    answer = tier.ask(Question(text="Who opens a national hotline in Lowport?"))
    # What it answers outright leads; under headings, so that nothing is taken for another tier's.
    own = [one for one in answer.statements if one.kind == "document"]
    assert (answer.statements[0], answer.status) == (own[0], "answered")
    assert all(one.section for one in answer.statements[1:] if one.kind != "note")
    assert "Ministry of Tides" in own[0].text
    # Another year, and a name that no text holds, are answered by nothing.
    for text in ("Who opens a national hotline in Lowport in 2041?", "What does Zorblax pay for?"):
        assert tier.ask(Question(text=text)).status != "answered"
    for one in (citation for said in answer.statements for citation in said.citations):
        assert tier.corpus.by_id[one.passage_id].text[one.start : one.end] == one.quote
    assert answer.provenance.corpus == tier.corpus.digest
    assert {*cited_in(own)} <= {hit.passage_id for hit in answer.hits}
    today, edition = datetime.now(UTC).date(), Edition.of(tier.corpus)
    certificate = certify(answer, tier.corpus, today)
    assert verify(certificate, edition, answer.provenance.settings, today).result == "valid"
    assert "coastal.md" in document_as_markdown(answers_document([answer], tier.corpus))


def test_a_note_on_what_a_library_alone_answers_has_its_verdict():
    notes = _joined(uncovered_answer(), example_answer(), "plans").statements[1:2]
    assert ground.check(notes, {})[0] == notes


def test_what_ships_is_answered_as_ever_and_exported_as_the_library_gives_it(tier, assistant):
    question = Question(text="What outcomes does capability 12 have?")
    alone, beside = assistant.ask(question), tier.ask(question)
    assert beside.statements[: len(alone.statements)] == alone.statements
    assert (beside.status, beside.completeness) == (alone.status, alone.completeness)
    assert beside.statements[-1].citations[0].tier == "document"
    asked, speaks = Question(text="What does Lowport's law say on grooming?"), UNNAMED[:20]
    told = [[speaks in one.text for one in who.ask(asked).statements] for who in (assistant, tier)]
    assert list(map(any, told)) == [True, False]
    turns = ("Who opens a national hotline in Lowport?",)
    given = tier.ask(Question(text="And how much is set aside for it?", turns=turns))
    checked = checked_answers([given, alone], (turns,), assistant, tier)
    assert [one.statements for one in checked] == [given.statements, alone.statements]
    with pytest.raises(ExportError, match="another edition"):
        checked_answers([given, alone], (), assistant, assistant)
    said = given.statements[-1].model_copy(update={"text": "Nothing is set aside."})
    forged = given.model_copy(update={"statements": (*given.statements[:-1], said)})
    with pytest.raises(ExportError, match="not as Signpost gives it"):
        checked_answers([forged], (turns,), assistant, tier)


def test_filters_hold_for_both_and_a_person_in_need_gets_the_reply_alone(tier):
    for only, kinds in (
        ({"tiers": ("document",)}, {"document"}),
        ({"tiers": ("framework",)}, {"framework"}),
        ({"pillars": ("gsr:P2",)}, {"framework", "guidance"}),
    ):
        filters = Filters.model_validate(only)
        answer = tier.ask(Question(text="Which reporting hotline is there?", filters=filters))
        assert {one.kind for one in answer.statements} <= {*kinds, "note"}
        assert answer.filters == filters
        hits = tier.find("reporting hotline", 3, (), filters).hits
        assert {tier.corpus.by_id[one.passage_id].facets["tier"] for one in hits} <= kinds
        text = "Someone is threatening to share pictures of me, I am 13"
        answer = tier.ask(Question(text=text, filters=filters))
        assert answer.signposting is not None
        assert not any(one.kind == "document" for one in answer.statements)
