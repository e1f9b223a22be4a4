"""Answers as files: everything an answer says is there, tiers apart, and nothing that is not."""

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from assistant.certificates.certificate import Certificate
from assistant.errors import CertificateError, ExportError
from assistant.pipeline import Assistant
from assistant.records import Answer, Question, Rewriting, Service, Signposting, Wording
from tests.ui.fake_answer import (
    CORPUS,
    DISCLOSED,
    EXAMPLE,
    GSR,
    FakeAssistant,
    answer,
    example_answer,
    guided_answer,
    note,
    say,
    tell,
    unclear_answer,
    uncovered_answer,
)
from ui.exports.answer_document import answers_document, edition_of
from ui.exports.brief import HEIGHT, brief_document, height_of
from ui.exports.document import Document, document_as_markdown, plain
from ui.exports.export import (
    Entry,
    ExportForm,
    answers_as_text,
    as_bibtex,
    as_ris,
    entries_of,
    escaped,
    export_file,
)
from ui.server.export_api import Checking
from ui.words import catalogue

docx = pytest.importorskip("docx")

GOLDEN = Path(__file__).parent.parent / "golden"

TODAY = date(2026, 11, 25)

HELP = Signposting(
    case="A",
    text="Help is there.",
    services=(Service(name="A", purpose="b", region="c", url="https://d.org", as_of="2026-01-01"),),
)


def held(answers, assistant=None):
    assistant = assistant or FakeAssistant()
    return Checking(assistant).checked(answers, assistant, ())


def conversation() -> list[Answer]:
    return [example_answer(), guided_answer(), uncovered_answer()]


def lines_of(document: Document) -> list[str]:
    return [plain(one.words) for one in document.blocks]


def paragraphs(content: bytes) -> list[tuple[str, str]]:
    found = docx.Document(BytesIO(content)).paragraphs
    return [(one.style.name, one.text) for one in found]


def footnotes(content: bytes) -> list[str]:
    with ZipFile(BytesIO(content)) as parts:
        notes = docx.oxml.parse_xml(parts.read("word/footnotes.xml"))
    words = ["".join(w.text or "" for w in one.iter(docx.oxml.ns.qn("w:t"))) for one in notes]
    return [one.strip() for one in words if one.strip()]


# Golden files.


@pytest.mark.parametrize(
    ("name", "form", "answers"),
    [
        ("export_example.md", "markdown", [example_answer()]),
        ("export_conversation.md", "markdown", conversation()),
        ("export_conversation.txt", "text", conversation()),
    ],
)
def test_an_export_is_as_it_was(name, form, answers, request):
    made = export_file(answers, form, CORPUS, TODAY).content
    if request.config.getoption("--renew", default=False):
        (GOLDEN / name).write_bytes(made)
    assert made.decode() == (GOLDEN / name).read_text(encoding="utf-8")


# What every export says.


def test_a_docx_holds_every_block_and_every_footnote_of_a_document_under_its_title():
    drawn = answers_document(conversation(), CORPUS, "For the ministry")
    content = export_file(conversation(), "docx", CORPUS, TODAY, "For the ministry").content
    found = paragraphs(content)
    assert found[0] == ("Title", "For the ministry")
    assert found[1][1] == drawn.subtitle
    assert [one.split() for _, one in found[2:]] == [one.split() for one in lines_of(drawn)]
    headings = [text for style, text in found if style == "Heading 1"]
    assert headings[:3] == [one.question for one in conversation()]
    notes = " ".join(footnotes(content))
    assert all(" ".join(one.whole.split()) in notes for one in drawn.notes.values())


def test_doubts_and_corrections_come_along() -> None:
    doubted = answer(say("gsr:C2", "Capability 2: Legislation"))
    drawn = answers_document([doubted], CORPUS)
    assert "Doubt: The capability is legislation" not in lines_of(drawn)
    assert any(one.startswith("Doubt: ") and "legislation" in one for one in lines_of(drawn))
    (only,) = drawn.notes.values()
    assert re.search("“definitons”.*“definitions”", only.whole)


def test_notes_on_what_no_source_says_stand_under_no_tier() -> None:
    abstained = uncovered_answer().model_copy(update={"statements": (note("Nothing says it."),)})
    drawn = answers_document([abstained], CORPUS)
    assert "Framework text" not in lines_of(drawn)
    assert "Note: Nothing says it." in lines_of(drawn)


def test_a_question_back_shows_its_readings() -> None:
    unclear = unclear_answer("names?", "Names of children", "Are names withheld?")
    told = lines_of(answers_document([unclear], CORPUS))
    (asked,) = unclear.statements
    assert any(one.startswith("Status: ") and one.endswith(asked.text) for one in told)
    assert {"Names of children", "Names of outcomes"} <= set(told)


def test_a_place_that_two_answers_cite_has_one_number_and_is_told_in_whole_once() -> None:
    drawn = answers_document([example_answer(), example_answer()], CORPUS)
    assert len(drawn.notes) == 7
    content = export_file([example_answer(), example_answer()], "docx", CORPUS, TODAY).content
    notes = footnotes(content)
    assert len(notes) == 14
    assert all(one in notes[0] for one in (GSR.title, GSR.publisher, GSR.version))
    assert notes[7] == f"{GSR.title}, lines 145-147."


def test_a_long_question_is_no_heading() -> None:
    long = "Who owns each outcome, " * 20 + "and why?"
    drawn = answers_document([uncovered_answer(long)], CORPUS)
    assert plain(drawn.blocks[0].words) == "Question"
    assert plain(drawn.blocks[1].words) == long


@pytest.mark.parametrize("form", get_args(ExportForm))
@pytest.mark.parametrize(
    "change",
    [
        {"status": "safeguarding", "statements": ()},
        {"status": "declined"},
        {"signposting": HELP},
    ],
)
def test_a_reply_is_never_exported(form: str, change: dict[str, object]) -> None:
    reply = example_answer().model_copy(update=change)
    with pytest.raises(ExportError, match=re.escape(catalogue.say("export.reply"))):
        export_file([example_answer(), reply], form, CORPUS, TODAY)


def test_a_certificate_is_that_of_the_command(assistant: Assistant) -> None:
    given = assistant.ask(Question(text=EXAMPLE), TODAY)
    file = export_file([given], "certificate", assistant.corpus, TODAY)
    certificate = Certificate.model_validate_json(file.content)
    assert certificate.question == EXAMPLE
    assert file.name.startswith("certificate-what-outcomes")
    with pytest.raises(ExportError, match=re.escape(catalogue.say("export.one_only"))):
        export_file([given, given], "certificate", assistant.corpus, TODAY)
    forged = given.model_copy(update={"statements": (note("The page lists 9 outcomes."),)})
    with pytest.raises(CertificateError):
        export_file([forged], "certificate", assistant.corpus, TODAY)


# The brief.


def many(count: int, words: int = 12) -> Answer:
    """Return an answer of so many framework points, the last of which answers directly."""
    said = say("gsr:P3-O1", "Outcomes", text="word " * words, relation="shared")
    direct = say("gsr:P3-O4", "Outcomes", relation="direct")
    return answer(tell("note:example#1", "Faces are too."), *[said] * count, direct)


def test_a_brief_holds_question_points_dates_gaps_and_edition() -> None:
    drawn = brief_document([guided_answer(), uncovered_answer()], CORPUS)
    told = lines_of(drawn)
    assert told[0] == guided_answer().question
    assert any(re.match(r"Names are withheld in court\. .*31 July 2026", one) for one in told)
    assert catalogue.say("answer.reason_coverage_gap") in told
    notice = catalogue.say("phrase.notice").replace("answer", "brief")
    assert f"{notice} {edition_of(CORPUS)}" in told
    assert "25 November 2025" in drawn.subtitle
    told = lines_of(brief_document([example_answer()], CORPUS))
    assert any("5 of 5 outcomes, 1 of 1 partner" in one for one in told)


def test_nothing_past_review_enters_a_brief_and_it_is_counted() -> None:
    drawn = brief_document([guided_answer()], CORPUS)
    assert "12 of 20" not in "".join(lines_of(drawn))
    assert not any("Figures from the courts" in one.whole for one in drawn.notes.values())
    assert re.search(r"past review: 1\b", "".join(lines_of(drawn)))


def test_points_that_answer_directly_are_kept_first_and_what_is_cut_is_counted() -> None:
    drawn = brief_document([many(200)], CORPUS)
    told = lines_of(drawn)
    assert any(one.startswith("Standardised practices") for one in told)
    assert any(re.match(r"1\d\d of 201 points ", one) for one in told)
    assert height_of(drawn) <= HEIGHT
    assert "Faces are too." not in "".join(told)
    # Each answer gives its first point before any gives its second.
    both = lines_of(brief_document([many(200), guided_answer()], CORPUS))
    assert "Framework text" in both[both.index(guided_answer().question) :]


def test_a_point_is_taken_whole_or_not_at_all() -> None:
    drawn = brief_document([many(3, words=400)], CORPUS)
    gaps = lines_of(drawn).index(catalogue.say("export.gaps"))
    bullets = [plain(one.words) for one in drawn.blocks[:gaps] if one.shape == "bullet"]
    whole = tuple(one.text.strip() for one in many(3, words=400).statements)
    assert 0 < len(bullets) < len(whole)
    assert all(one.startswith(whole) for one in bullets)


def test_too_many_answers_are_refused_with_how_many_fit_and_so_is_one_that_asks_back() -> None:
    with pytest.raises(ExportError) as refused:
        brief_document([guided_answer()] * 20, CORPUS)
    most = int(re.search(r"(\d+) at most", str(refused.value))[1])
    assert str(refused.value) == catalogue.say("export.too_much", most=most)
    assert brief_document([guided_answer()] * most, CORPUS)
    with pytest.raises(ExportError, match=r"asks back"):
        brief_document([unclear_answer("x", "y", "z")], CORPUS)


@pytest.mark.slow
def test_briefs_fit_one_page(assistant: Assistant, tmp_path: Path) -> None:
    """Measured by LibreOffice, where it is installed, on the fullest of briefs."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed.")
    asked = (
        EXAMPLE,
        "Which outcomes does the page list?",
        "Describe capability 2",
        "What does Article 23 of the Lanzarote Convention say about grooming?",
        "What is CSAM?",
    )
    given = [assistant.ask(Question(text=one), TODAY) for one in asked]
    chosen = [[one] for one in given] + [given[:2], given[1:3], given[3:]]
    for number, answers in enumerate(chosen):
        content = export_file(answers, "brief", assistant.corpus, TODAY).content
        (tmp_path / f"{number}.docx").write_bytes(content)
    files = sorted(map(str, tmp_path.glob("*.docx")))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *files], capture_output=True, check=True, timeout=300)
    for pdf in sorted(tmp_path.glob("*.pdf")):
        assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1, pdf.name
    assert len(list(tmp_path.glob("*.pdf"))) == len(chosen)


# References.


def parsed_ris(text: str) -> list[dict[str, str]]:
    entries = (one.split("\n") for one in text.strip("\n").split("\n\n"))
    return [dict(line.split("  - ", 1) for line in entry) for entry in entries]


def parsed_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Read entries sign by sign: braces are matched, and a backslash takes the next along."""
    found: dict[str, dict[str, str]] = {}
    for key, body in re.findall(r"^@misc\{([a-z0-9-]+),\n(.*?)^\}$", text, re.M | re.S):
        assert key not in found
        found[key] = dict(re.findall(r"^  ([a-z]+) = \{(.*)\},$", body, re.M))
        for name, value in found[key].items():
            bare = re.sub(r"\\(?:text[a-z]+\{\}|.)", "", value)
            depths = list(accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in bare))
            assert not depths or (min(depths) >= 0 and depths[-1] == 0)
            assert name == "url" or not set(bare) & set("#$%&_~^\\")
        assert len(found[key]) == body.count("\n")
    return found


def test_what_answers_cite_is_read_back_from_ris_and_from_bibtex() -> None:
    ris, bib = (
        export_file(conversation(), form, CORPUS, TODAY).content.decode()
        for form in ("ris", "bibtex")
    )
    entries, keyed = parsed_ris(ris), parsed_bibtex(bib)
    cited = entries_of(conversation(), CORPUS)
    assert [one["ID"] for one in entries] == list(keyed) == [one.key for one in cited]
    for one, other in zip(entries, cited, strict=True):
        told = (one["TI"], one["AU"], one.get("PY", ""), one["ER"])
        assert told == (other.title, other.publisher, other.year, "")
        assert keyed[other.key]["title"] == f"{{{escaped(other.title)}}}"
    assert GSR.title in [one["TI"] for one in entries]
    assert any("Article" in one["N1"] for one in entries)


def test_signs_of_tex_and_line_breaks_stay_words_in_references() -> None:
    odd = "A & B_C {50%} #1 $x$ ~ ^ \\input \nER  - "
    entry = Entry("k", odd, odd, "2020", "https://a.org/{x}%20_y", "2026-01-02", odd)
    assert parsed_bibtex(as_bibtex([entry, entry._replace(key="l")])).keys() == {"k", "l"}
    (read,) = parsed_ris(as_ris([entry]))
    assert read["TI"] == " ".join(odd.split())


# Answers that come back.


def test_an_answer_that_is_as_given_comes_out_as_it_was() -> None:
    assert held(conversation()) == conversation()


def not_ours():
    return pytest.raises(ExportError, match=re.escape(catalogue.say("export.not_ours")))


@pytest.mark.parametrize(
    "change",
    [
        {"statements": (note("Signpost says that somebody is guilty."),)},
        {"statements": example_answer().statements[1:]},
        {"status": "partial"},
        {"reason": "coverage_gap"},
        {"completeness": ()},
        {"nearest": uncovered_answer().nearest},
        {"resolved_question": "Who owns each outcome?"},
        {"resolved_question": ""},
    ],
)
def test_an_answer_that_was_changed_is_refused(change: dict[str, object]) -> None:
    with not_ours():
        held([example_answer().model_copy(update={"question": "x", **change})])


def test_a_mark_of_past_review_cannot_be_taken_off() -> None:
    said = guided_answer().statements
    fresh = tuple(one.model_copy(update={"past_review": False}) for one in said)
    with not_ours():
        held([guided_answer().model_copy(update={"statements": fresh})])


@pytest.mark.parametrize(
    "sent",
    [
        {"follow_ups": ("Is he guilty?",), "personal_note": "He is.", "dropped": ()},
        {"question": "Does jane.doe@example.org have it?"},
        {"question": "I want to hurt myself"},
        {"question": "Is he guilty?"},
    ],
)
def test_words_that_no_answer_can_be_held_against_do_not_come_out(sent: dict[str, object]) -> None:
    (checked,) = held([example_answer().model_copy(update=sent)])
    assert checked == example_answer()


def test_what_a_model_worded_is_handed_on_in_the_sources_own_words() -> None:
    given = example_answer()
    made = given.provenance.model_copy(update={"wording": Wording(model="m", kept=1)})
    worded = given.statements[1].model_copy(update={"text": "Victims stay unnamed."})
    said = (given.statements[0], worded, *given.statements[2:])
    sent = given.model_copy(update={"provenance": made, "statements": said})
    (checked,) = held([sent])
    assert checked == given
    with not_ours():
        held([sent.model_copy(update={"completeness": ()})])


def test_another_edition_is_refused() -> None:
    made = example_answer().provenance.model_copy(update={"corpus": "1" * 64})
    with pytest.raises(ExportError, match=re.escape(catalogue.say("export.other_edition"))):
        held([example_answer().model_copy(update={"provenance": made})])


def test_a_title_is_masked_and_is_no_message() -> None:
    checking = Checking(FakeAssistant())
    assert checking.titled("For jane.doe@example.org") == "For [email]"
    assert checking.titled("") == ""
    with pytest.raises(ExportError, match=re.escape(catalogue.say("export.reply"))):
        checking.titled(DISCLOSED)


def test_a_document_says_that_a_model_read_the_question() -> None:
    given = example_answer()
    made = given.provenance.model_copy(update={"rewriting": Rewriting(model="a-model")})
    sent = given.model_copy(update={"question": "and its partners?", "provenance": made})
    drawn = document_as_markdown(answers_document([sent], CORPUS))
    assert re.search(rf"{re.escape(given.resolved_question)} \(.*a-model", drawn)
    # What comes back is asked again as it was read, and stands under that question.
    (checked,) = held([sent])
    assert checked == given


def test_a_follow_up_comes_out(assistant: Assistant) -> None:
    first = Question(text="What are the outcomes of pillar 3?")
    second = Question(text="and its partners?", turns=(first.text,))
    given = [assistant.ask(first), assistant.ask(second)]
    checked = held([Answer.model_validate_json(one.model_dump_json()) for one in given], assistant)
    assert [one.statements for one in checked] == [one.statements for one in given]
    drawn = document_as_markdown(answers_document(checked, assistant.corpus))
    assert f"## {given[1].resolved_question}" in drawn
    assert "and its partners" not in drawn
    assert "Status: Answered" in answers_as_text(checked, assistant.corpus)
