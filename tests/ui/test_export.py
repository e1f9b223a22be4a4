"""Answers as files: everything an answer says is there, tiers apart, and nothing that is not."""

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from itertools import accumulate
from typing import get_args
from zipfile import ZipFile

import pytest

from assistant.certificates.certificate import Certificate
from assistant.errors import CertificateError, ExportError
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
from ui.exports import export
from ui.exports.answer_document import HEIGHT, answers_document, brief_document, height_of
from ui.exports.document import document_as_markdown, plain
from ui.exports.export import ExportForm, answers_as_text, export_file
from ui.server.api import Checking
from ui.words import phrases

docx = pytest.importorskip("docx")

TODAY = date(2026, 11, 25)

HELP = Signposting(
    case="A",
    text="Help is there.",
    services=(Service(name="A", purpose="b", region="c", url="https://d.org", as_of="2026-01-01"),),
)


def held(answers, assistant=None):
    assistant = assistant or FakeAssistant()
    return Checking(assistant).checked(answers, assistant, ())


def refused(key):
    return pytest.raises(ExportError, match=re.escape(phrases.say(f"export.{key}")))


def conversation():
    return [example_answer(), guided_answer(), uncovered_answer()]


def lines_of(document):
    return [plain(block.words) for block in document.blocks]


def footnotes(content):
    with ZipFile(BytesIO(content)) as parts:
        notes = docx.oxml.parse_xml(parts.read("word/footnotes.xml"))
    words = ["".join(w.text or "" for w in note.iter(docx.oxml.ns.qn("w:t"))) for note in notes]
    return [said.strip() for said in words if said.strip()]


# Golden files.


@pytest.mark.parametrize(
    ("name", "form", "answers"),
    [
        ("export_example.md", "markdown", [example_answer()]),
        ("export_conversation.md", "markdown", conversation()),
        ("export_conversation.txt", "text", conversation()),
    ],
)
def test_an_export_is_as_it_was(name, form, answers, as_golden):
    as_golden(name, export_file(answers, form, CORPUS, TODAY).content.decode())


# What every export says.


def test_a_docx_holds_every_block_and_every_footnote_of_a_document_under_its_title():
    drawn = answers_document(conversation(), CORPUS, "For the ministry")
    content = export_file(conversation(), "docx", CORPUS, TODAY, "For the ministry").content
    lines = docx.Document(BytesIO(content)).paragraphs
    assert [line.text for line in lines[:2]] == ["For the ministry", drawn.subtitle]
    assert [line.text.split() for line in lines[2:]] == [line.split() for line in lines_of(drawn)]
    styles = [(line.style.name, line.text) for line in lines]
    headings = [text for style, text in styles if style == "Heading 1"]
    assert (styles[0][0], headings[:3]) == ("Title", [given.question for given in conversation()])
    notes = " ".join(footnotes(content))
    assert all(" ".join(note.whole.split()) in notes for note in drawn.notes.values())


def test_doubts_corrections_our_notes_and_readings_come_along_and_a_long_question_is_no_heading():
    drawn = answers_document([answer(say("gsr:C2", "Capability 2: Legislation"))], CORPUS)
    assert "Doubt: The capability is legislation" not in lines_of(drawn)
    assert any(line.startswith("Doubt: ") and "legislation" in line for line in lines_of(drawn))
    (only,) = drawn.notes.values()
    assert re.search("“definitons”.*“definitions”", only.whole)
    abstained = uncovered_answer().model_copy(update={"statements": (note("Nothing says it."),)})
    told = lines_of(answers_document([abstained], CORPUS))
    assert "Framework text" not in told
    assert "Note: Nothing says it." in told
    unclear = unclear_answer("names?", "Names of children", "Are names withheld?")
    told = lines_of(answers_document([unclear], CORPUS))
    (asked,) = unclear.statements
    assert any(line.startswith("Status: ") and line.endswith(asked.text) for line in told)
    assert {"Names of children", "Names of outcomes"} <= set(told)
    long = "Who owns each outcome, " * 20 + "and why?"
    assert lines_of(answers_document([uncovered_answer(long)], CORPUS))[:2] == ["Question", long]


def test_a_place_that_two_answers_cite_has_one_number_and_is_told_in_whole_once():
    drawn = answers_document([example_answer(), example_answer()], CORPUS)
    assert len(drawn.notes) == 7
    content = export_file([example_answer(), example_answer()], "docx", CORPUS, TODAY).content
    notes = footnotes(content)
    assert len(notes) == 14
    assert all(name in notes[0] for name in (GSR.title, GSR.publisher, GSR.version))
    assert notes[7] == f"{GSR.title}, lines 145-147."


@pytest.mark.parametrize("form", get_args(ExportForm))
def test_a_reply_is_never_exported(form):
    for change in (
        {"status": "safeguarding", "statements": ()},
        {"status": "declined"},
        {"signposting": HELP},
    ):
        reply = example_answer().model_copy(update=change)
        with refused("reply"):
            export_file([example_answer(), reply], form, CORPUS, TODAY)


def test_a_certificate_is_that_of_the_command(assistant):
    given = assistant.ask(Question(text=EXAMPLE), TODAY)
    file = export_file([given], "certificate", assistant.corpus, TODAY)
    assert Certificate.model_validate_json(file.content).question == EXAMPLE
    assert file.name.startswith("certificate-what-outcomes")
    forged = given.model_copy(update={"statements": (note("The page lists 9 outcomes."),)})
    with pytest.raises(CertificateError):
        export_file([forged], "certificate", assistant.corpus, TODAY)


# The brief.


def many(count, words=12):
    """Return an answer of so many framework points, the last of which answers directly."""
    said = say("gsr:P3-O1", "Outcomes", text="word " * words, relation="shared")
    direct = say("gsr:P3-O4", "Outcomes", relation="direct")
    return answer(tell("note:example#1", "Faces are too."), *[said] * count, direct)


def test_a_brief_holds_question_points_dates_gaps_and_edition_and_nothing_past_review():
    drawn = brief_document([guided_answer(), uncovered_answer()], CORPUS)
    told = lines_of(drawn)
    assert told[0] == guided_answer().question
    assert any(re.match(r"Names are withheld in court\. .*31 July 2026", line) for line in told)
    assert phrases.say("answer.reason_coverage_gap") in told
    notice = phrases.say("phrase.notice").replace("answer", "brief")
    assert f"{notice} {export.edition_of(CORPUS)}" in told
    assert "25 November 2025" in drawn.subtitle
    assert "12 of 20" not in "".join(told)
    assert not any("Figures from the courts" in cited.whole for cited in drawn.notes.values())
    assert re.search(r"past review: 1\b", "".join(told))
    told = lines_of(brief_document([example_answer()], CORPUS))
    assert any("5 of 5 outcomes, 1 of 1 partner" in line for line in told)


def test_points_that_answer_directly_are_kept_first_whole_and_what_is_cut_is_counted():
    drawn = brief_document([many(200)], CORPUS)
    told = lines_of(drawn)
    assert any(line.startswith("Standardised practices") for line in told)
    assert any(re.match(r"1\d\d of 201 points ", line) for line in told)
    assert height_of(drawn) <= HEIGHT
    assert "Faces are too." not in "".join(told)
    # Each answer gives its first point before any gives its second.
    both = lines_of(brief_document([many(200), guided_answer()], CORPUS))
    assert "Framework text" in both[both.index(guided_answer().question) :]
    # A point is taken whole or not at all.
    long = many(3, words=400)
    drawn = brief_document([long], CORPUS)
    gaps = lines_of(drawn).index(phrases.say("export.gaps"))
    bullets = [plain(block.words) for block in drawn.blocks[:gaps] if block.shape == "bullet"]
    whole = tuple(said.text.strip() for said in long.statements)
    assert 0 < len(bullets) < len(whole)
    assert all(line.startswith(whole) for line in bullets)


def test_too_many_answers_are_refused_with_how_many_fit_and_so_is_one_that_asks_back():
    with pytest.raises(ExportError) as error:
        brief_document([guided_answer()] * 20, CORPUS)
    most = int(re.search(r"(\d+) at most", str(error.value))[1])
    assert str(error.value) == phrases.say("export.too_much", most=most)
    assert brief_document([guided_answer()] * most, CORPUS)
    with pytest.raises(ExportError, match=r"asks back"):
        brief_document([unclear_answer("x", "y", "z")], CORPUS)


@pytest.mark.slow
def test_briefs_fit_one_page(assistant, tmp_path):
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


def parsed_ris(text):
    entries = (entry.split("\n") for entry in text.strip("\n").split("\n\n"))
    return [dict(line.split("  - ", 1) for line in entry) for entry in entries]


def parsed_bibtex(text):
    """Read entries sign by sign: braces are matched, and a backslash takes the next along."""
    found = {}
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


def test_what_answers_cite_is_read_back_from_ris_and_from_bibtex():
    ris, bib = (
        export_file(conversation(), form, CORPUS, TODAY).content.decode()
        for form in ("ris", "bibtex")
    )
    entries, keyed = parsed_ris(ris), parsed_bibtex(bib)
    cited = export.entries_of(conversation(), CORPUS)
    assert [entry["ID"] for entry in entries] == list(keyed) == [entry.key for entry in cited]
    for entry, known in zip(entries, cited, strict=True):
        told = (entry["TI"], entry["AU"], entry.get("PY", ""), entry["ER"])
        assert told == (known.title, known.publisher, known.year, "")
        assert keyed[known.key]["title"] == f"{{{export.escaped(known.title)}}}"
    assert GSR.title in [entry["TI"] for entry in entries]
    assert any("Article" in entry["N1"] for entry in entries)
    # Signs of TeX and line breaks stay words.
    odd = "A & B_C {50%} #1 $x$ ~ ^ \\input \nER  - "
    strange = export.Entry("k", odd, odd, "2020", "https://a.org/{x}%20_y", "2026-01-02", odd)
    assert parsed_bibtex(export.as_bibtex([strange, strange._replace(key="l")])).keys() == {
        "k",
        "l",
    }
    (read,) = parsed_ris(export.as_ris([strange]))
    assert read["TI"] == " ".join(odd.split())


# Answers that come back.


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
def test_an_answer_that_was_changed_is_refused(change):
    with refused("not_ours"):
        held([example_answer().model_copy(update={"question": "x", **change})])


def test_another_edition_and_a_mark_of_past_review_that_was_taken_off_are_refused():
    said = guided_answer().statements
    fresh = tuple(statement.model_copy(update={"past_review": False}) for statement in said)
    with refused("not_ours"):
        held([guided_answer().model_copy(update={"statements": fresh})])
    made = example_answer().provenance.model_copy(update={"corpus": "1" * 64})
    with refused("other_edition"):
        held([example_answer().model_copy(update={"provenance": made})])


def test_words_that_no_answer_can_be_held_against_do_not_come_out():
    assert held(conversation()) == conversation()
    for sent in (
        {"follow_ups": ("Is he guilty?",), "personal_note": "He is.", "dropped": ()},
        {"question": "Does jane.doe@example.org have it?"},
        {"question": "I want to hurt myself"},
        {"question": "Is he guilty?"},
    ):
        assert held([example_answer().model_copy(update=sent)]) == [example_answer()]
    checking = Checking(FakeAssistant())
    assert checking.titled("For jane.doe@example.org") == "For [email]"
    assert checking.titled("") == ""
    with refused("reply"):
        checking.titled(DISCLOSED)


def test_what_a_model_worded_is_handed_on_in_the_sources_own_words_and_its_reading_is_told():
    given = example_answer()
    made = given.provenance.model_copy(update={"wording": Wording(model="m", kept=1)})
    worded = given.statements[1].model_copy(update={"text": "Victims stay unnamed."})
    said = (given.statements[0], worded, *given.statements[2:])
    sent = given.model_copy(update={"provenance": made, "statements": said})
    assert held([sent]) == [given]
    with refused("not_ours"):
        held([sent.model_copy(update={"completeness": ()})])
    made = given.provenance.model_copy(update={"rewriting": Rewriting(model="a-model")})
    sent = given.model_copy(update={"question": "and its partners?", "provenance": made})
    drawn = document_as_markdown(answers_document([sent], CORPUS))
    assert re.search(rf"{re.escape(given.resolved_question)} \(.*a-model", drawn)
    # What comes back is asked again as it was read, and stands under that question.
    assert held([sent]) == [given]


def test_a_follow_up_comes_out(assistant):
    first = Question(text="What are the outcomes of pillar 3?")
    second = Question(text="and its partners?", turns=(first.text,))
    given = [assistant.ask(first), assistant.ask(second)]
    checked = held([Answer.model_validate_json(own.model_dump_json()) for own in given], assistant)
    assert [own.statements for own in checked] == [own.statements for own in given]
    drawn = document_as_markdown(answers_document(checked, assistant.corpus))
    assert f"## {given[1].resolved_question}" in drawn
    assert "and its partners" not in drawn
    assert "Status: Answered" in answers_as_text(checked, assistant.corpus)
