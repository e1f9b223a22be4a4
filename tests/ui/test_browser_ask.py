"""The Ask workspace in Debian's Chromium: a conversation that lives in the browser alone."""

import json

import pytest

from assistant import ingestion
from assistant.citing.citations import cite_from
from assistant.ingestion import Library
from assistant.records import NO_FILTERS, Answer, Service, Signposting, Statement
from assistant.settings import Settings
from tests.fakes import hashing_embedder
from tests.hostile import pdf, pdf_words
from tests.ui import fake_answer as fake
from tests.ui.browsing import BOX, BROWSER, READY, Watched, at, faults, violations, wait_kept
from tests.ui.fake_answer import CORPUS, EXAMPLE, GUIDED
from tests.ui.served import serving

pytestmark = BROWSER

SERVED = {"rate": 10_000}

SECRET = "words of somebody who is worried"

STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.cookie])"


def test_an_answer_with_a_library_is_saved_and_not_kept(context, tmp_path, monkeypatch):
    library = Library(Settings(home=tmp_path), "plans")
    quay = pdf(pdf_words("The council of the quay meets in winter."))
    library.change((), (), hashing_embedder, sent=[("quay.pdf", quay)])
    corpus = ingestion.beside(CORPUS, ingestion.corpus_of(library.held()))
    cited = cite_from(corpus, corpus.passages[-1].id)
    said = Statement(text=cited.quote, kind="document", citations=(cited,), section="Plans")
    answer = fake.guided_answer()
    about = answer.provenance.model_copy(update={"corpus": corpus.digest})
    statements = (*answer.statements, said)
    answer = answer.model_copy(update={"statements": statements, "provenance": about})
    tier = fake.FakeAssistant(corpus, {GUIDED: answer})
    for module in ("ui.pages.talk", "ui.server.tools"):
        monkeypatch.setattr(f"{module}.beside", lambda main, _, name, role: tier if name else main)
    with serving(fake.FakeAssistant(), at(tmp_path)) as address:
        watched = Watched(context.new_page(), address)
        page = watched.page
        page.set_viewport_size({"width": 390, "height": 900})
        page.select_option("#sp-library-asked", "plans")
        watched.ask(GUIDED, ".sp-ask-actions")
        page.click(".sp-part-document a.sp-cite")
        page.wait_for_function("document.querySelector('.sp-open .sp-page img').naturalHeight")
        assert faults(page) == []
        page.click(".sp-open .sp-close")
        page.click(".sp-turn .sp-ask-actions summary")
        with page.expect_download() as saved:
            page.click(".sp-turn [data-form=markdown]")
        assert "council of the quay" in saved.value.path().read_text("utf-8")
        assert "council of the quay" not in page.evaluate(STORED)
        assert watched.complaints == []


def BACKEND():
    unclear = fake.unclear_answer("names", "Names in court", GUIDED)
    given = {EXAMPLE: fake.example_answer(), GUIDED: fake.guided_answer(), "names": unclear}
    line = Service(name="A line", purpose="x", region="y", url="https://a.example", as_of="")
    reply = Signposting(case="A", text="A reviewed text.", services=(line,))
    met = {"status": "safeguarding", "signposting": reply, "question": "", "resolved_question": ""}
    return fake.FakeAssistant(answers=given | {SECRET: fake.answer(**met)})


def asked(page):
    return page.locator("h2.sp-question").all_inner_texts()


def loaded(page):
    page.wait_for_selector(READY, state="attached")
    return asked(page)


def taken(page, path, **reply):
    sent = []

    def told(route):
        sent.append(route.request.post_data_json)
        route.fulfill(**reply)

    page.route(path, told)
    return sent


def asked_once(seen):
    seen.ask(EXAMPLE)
    wait_kept(seen.page, 1)
    return seen.page


@pytest.mark.sample
def test_a_conversation_is_there_after_a_reload_and_on_coming_back_from_a_workspace(seen, backend):
    page = seen.page
    seen.ask(EXAMPLE)
    seen.ask(GUIDED, ".sp-part-guidance")
    wait_kept(page, 2)
    page.reload()
    assert loaded(page) == [EXAMPLE, GUIDED]
    page.click("text=Framework >> nth=0")
    page.wait_for_url("**/framework")
    page.go_back()
    assert loaded(page) == [EXAMPLE, GUIDED]
    page.click(".sp-turn >> nth=0 >> .sp-cite >> nth=1")
    assert page.inner_text(".sp-open mark").startswith("Standardised practices")
    page.keyboard.press("Escape")
    seen.ask("and then?", ".sp-turn >> nth=2")
    assert backend.asked[-1].turns == (EXAMPLE, GUIDED)
    assert page.locator(".sp-turn").nth(2).get_attribute("data-number") == "3"
    seen.assert_quiet()


def test_two_tabs_go_on_each_with_its_own_and_a_later_one_with_the_last(context, seen, address):
    page = asked_once(seen)
    other = Watched(context.new_page(), address)
    assert asked(other.page) == [EXAMPLE]
    other.ask(GUIDED, ".sp-part-guidance")
    wait_kept(other.page, 2)
    seen.ask("Who pays?", ".sp-abstention")
    wait_kept(page, 2)
    other.page.reload()
    assert loaded(other.page) == [EXAMPLE, GUIDED]
    third = Watched(context.new_page(), address)
    assert asked(third.page) == [EXAMPLE, "Who pays?"]
    third.page.click("#sp-ask-history summary")
    assert third.page.locator("#sp-ask-history [data-act=open]").count() == 2
    third.page.click("[data-act=clear]")
    for tab in (page, other.page):
        tab.wait_for_function("!document.querySelector('.sp-turn')")
        assert "signpost.talk" not in json.loads(tab.evaluate(STORED))[1]


def test_a_new_conversation_stays_empty_and_the_one_before_is_opened_or_deleted(seen):
    page = asked_once(seen)
    page.click("#sp-new")
    page.reload()
    assert loaded(page) == []
    seen.ask(GUIDED, ".sp-part-guidance")
    wait_kept(page, 1)
    page.click("#sp-ask-history summary")
    names = page.locator("#sp-ask-history [data-act=open]")
    assert names.all_inner_texts() == [GUIDED, EXAMPLE]
    names.last.click()
    page.wait_for_selector(f"h2.sp-question:has-text({EXAMPLE!r})")
    seen.ask("and then?", ".sp-turn >> nth=1")
    page.click("#sp-ask-history summary")
    page.click("#sp-ask-history [data-act=remove] >> nth=0")
    page.wait_for_selector(".sp-turn", state="detached")
    assert names.all_inner_texts() == [GUIDED]
    assert EXAMPLE not in page.evaluate(STORED)
    assert violations(page) == []


@pytest.mark.sample
def test_a_message_that_met_a_reviewed_reply_is_gone_after_a_reload(seen, backend):
    page = seen.page
    seen.ask(SECRET, ".sp-signposting")
    # The message is a draft in its writer's own box, and may be asked as a policy question.
    page.wait_for_function(f"document.querySelector('#sp-question textarea').value === '{SECRET}'")
    assert SECRET not in page.content()
    assert page.locator(".sp-services a").count() == 1
    page.click(".sp-policy")
    page.wait_for_selector(".sp-turn >> nth=1")
    assert backend.asked[-1].policy
    seen.ask(EXAMPLE, ".sp-completeness")
    assert not backend.asked[-1].policy
    wait_kept(page, 1)
    kept = page.evaluate(STORED)
    assert SECRET not in kept
    assert "A reviewed text" not in kept
    assert page.locator(".sp-turn").nth(0).locator("[data-act]").count() == 0
    page.reload()
    assert loaded(page) == [EXAMPLE]
    assert SECRET not in page.content()


def test_keeping_can_be_switched_off_and_that_is_remembered(seen):
    page = asked_once(seen)
    page.click("#sp-ask-history summary")
    page.uncheck("#sp-ask-keep")
    assert EXAMPLE not in page.evaluate(STORED)
    seen.ask(GUIDED, ".sp-part-guidance")
    assert GUIDED not in page.evaluate(STORED)
    page.reload()
    assert loaded(page) == []
    assert not page.is_checked("#sp-ask-keep")


def test_a_link_asks_its_question_once_and_does_not_stay_in_the_address(context, address, backend):
    page = context.new_page()
    before = len(backend.asked)
    page.goto(f"{address}/#q={EXAMPLE.replace(' ', '%20')}")
    page.wait_for_selector(".sp-completeness")
    assert page.url == f"{address}/"
    wait_kept(page, 1)
    page.reload()
    assert loaded(page) == [EXAMPLE]
    assert len(backend.asked) == before + 1


def test_the_card_of_a_citation_shows_its_quote_and_is_dismissed(seen):
    page = seen.page
    seen.ask(GUIDED, ".sp-part-guidance")
    page.hover(".sp-tier-guidance .sp-cite >> nth=0")
    assert "Names are withheld in court." in page.inner_text("#sp-card")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#sp-card").count() == 0


def test_an_answer_is_copied_linked_saved_and_reported(context, seen):
    page = asked_once(seen)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    named = {"content-disposition": 'attachment; filename="answer.md"'}
    saved = taken(page, "**/api/export", body="# Answer", headers=named)
    reported = taken(page, "**/api/feedback", status=204)
    for act, copied in (("copy", "Preserve the anonymity of victims [1]"), ("link", "/#q=")):
        page.click(f"[data-act={act}]")
        held = "text => navigator.clipboard.readText().then((now) => now.includes(text))"
        page.wait_for_function(held, arg=copied)
    page.click(".sp-turn .sp-ask-actions summary >> nth=0")
    with page.expect_download() as download:
        page.click(".sp-turn [data-form=markdown]")
    assert download.value.suggested_filename == "answer.md"
    page.wait_for_selector(".sp-ask-told:has-text('downloads')")
    page.click(".sp-turn .sp-ask-actions summary >> nth=1")
    page.focus("[data-verdict=wrong_citation]")
    page.keyboard.press("Enter")
    page.keyboard.type("Line 3 is not there.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sp-ask-told:has-text('Thank you')")
    assert page.evaluate("document.activeElement.dataset.verdict") == "wrong_citation"
    ((file,), (report,)) = saved, reported
    assert file["form"] == "markdown"
    assert Answer.model_validate(file["answers"][0]) == fake.example_answer()
    assert (report["verdict"], report["comment"]) == ("wrong_citation", "Line 3 is not there.")
    assert Answer.model_validate(report["answer"]) == fake.example_answer()
    assert seen.complaints == []


def test_the_reviewed_text_that_a_comment_meets_is_shown_and_nobody_is_thanked(seen):
    service = {"name": "<b>Harbour</b>", "purpose": "For anybody", "region": "Everywhere"}
    reply = {"case": "A", "text": "First line.\nSecond line.", "services": [service | {"url": ""}]}
    page = asked_once(seen)
    page.route("**/api/feedback", lambda route: route.abort())
    page.click(".sp-ask-actions summary >> nth=1")
    page.click("[data-verdict=unsafe]")
    page.fill(".sp-ask-report textarea", "my own words")
    page.click(".sp-ask-report >> text=Send")
    page.wait_for_selector(".sp-ask-wrong:has-text('cannot be reached')")
    page.unroute("**/api/feedback")
    page.route("**/api/feedback", lambda route: route.fulfill(status=200, json=reply))
    page.click(".sp-ask-report >> text=Send")
    page.wait_for_selector(".sp-ask-actions .sp-signposting")
    assert page.locator(".sp-signposting p").all_inner_texts() == ["First line.", "Second line."]
    assert page.inner_text(".sp-signposting strong") == "<b>Harbour</b>"
    assert page.evaluate("document.activeElement.className") == "sp-signposting"
    assert page.input_value(".sp-ask-report textarea") == ""
    assert "Thank you" not in page.inner_text(".sp-ask-actions")


def test_a_brief_is_made_of_the_chosen_answers_and_a_file_of_all(seen):
    page = asked_once(seen)
    sent = taken(page, "**/api/export", body="x")
    seen.ask(GUIDED, ".sp-part-guidance")
    wait_kept(page, 2)
    page.reload()
    page.wait_for_selector(READY, state="attached")
    page.click("#sp-ask-whole summary")
    page.check(f"label:has-text('{GUIDED}') input")
    with page.expect_download():
        page.click("[data-act=brief]")
    with page.expect_download():
        page.click("#sp-ask-whole [data-form=docx]")
    saved = [(one["form"], [given["question"] for given in one["answers"]]) for one in sent]
    assert saved == [("brief", [GUIDED]), ("docx", [EXAMPLE, GUIDED])]
    assert [one["turns"] for one in sent] == [[[EXAMPLE]], [[], [EXAMPLE]]]


def test_filters_are_said_beside_the_question_go_along_and_are_cleared_by_one_button(seen, backend):
    page = seen.page
    page.click("#sp-ask-filters summary")
    page.check("[data-filter=tiers][value=guidance]")
    page.check("[data-filter=audience][value=trainer]")
    page.click("#sp-ask-filters summary")
    assert page.inner_text(".sp-ask-only span") == "Only: guidance notes, notes for trainers"
    seen.ask(GUIDED, ".sp-part-guidance")
    assert backend.asked[-1].filters.tiers == ("guidance",)
    assert backend.asked[-1].filters.audience == "trainer"
    page.click("#sp-ask-filters [type=reset]")
    page.wait_for_selector(".sp-ask-only", state="hidden")
    seen.ask(EXAMPLE, ".sp-completeness")
    assert backend.asked[-1].filters == NO_FILTERS


@pytest.mark.sample
@pytest.mark.parametrize("lost", ["join", "data", "data that breaks off"])
def test_a_lost_server_is_told_keeps_the_question_and_the_next_one_is_answered(seen, lost):
    page = seen.page
    ended = {"status": 200, "content_type": "text/event-stream", "body": ""}
    breaks_off, lost = "breaks" in lost, f"**/queue/{lost[:4]}*"
    page.route(lost, lambda route: route.fulfill(**ended) if breaks_off else route.abort())
    page.fill(BOX, EXAMPLE)
    page.press(BOX, "Enter")
    page.wait_for_selector(".sp-error:has-text('cannot be reached')")
    assert page.input_value(BOX) == EXAMPLE
    assert violations(page) == []
    page.unroute(lost)
    page.click("#sp-ask")
    page.wait_for_selector(".sp-completeness")
    assert page.locator(".sp-error").count() == 0
    assert page.locator(".sp-turn").count() == 1


def test_every_state_passes_axe_fits_and_has_targets_of_24_px(look, address):
    seen = Watched(look.new_page(), address)
    page = seen.page
    # A link inside a sentence has no target size of its own (WCAG 2.5.8, inline).
    inline = {work.title for source in CORPUS.sources for work in source.references}
    inline.add(fake.GSR.title)
    states = {
        "start": lambda: None,
        "drawer": lambda: (
            page.click("#sp-ask-filters summary"),
            page.check("[data-filter=tiers] >> nth=0"),
        ),
        "actions": lambda: (
            seen.ask(GUIDED, ".sp-part-guidance"),
            page.click(".sp-ask-actions summary >> nth=0"),
            page.click(".sp-ask-actions summary >> nth=1"),
            page.click("[data-verdict=incomplete]"),
            page.click(".sp-sources summary"),
            page.click("#sp-ask-whole summary"),
            page.click("#sp-ask-history summary"),
        ),
        "works": lambda: page.click(".sp-tier-guidance .sp-cite >> nth=1"),
        "reply": lambda: seen.ask(SECRET, ".sp-signposting"),
        "clarify": lambda: seen.ask("names", ".sp-choice"),
        "abstention": lambda: seen.ask("Who owns each outcome?", ".sp-abstention"),
        "error": lambda: seen.ask("", ".sp-error"),
    }
    for state, reach in states.items():
        reach()
        assert faults(page, inline) == [], state
