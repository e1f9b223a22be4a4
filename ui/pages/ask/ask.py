"""The Ask workspace: questions, answers that grow as they are drawn, and what they rest on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from time import monotonic
from typing import NamedTuple

from assistant.draft import listed
from assistant.errors import SignpostError
from assistant.records import Answer, Question, Statement
from assistant.safety.personal import kept
from assistant.settings import Settings
from corpus.passage import Corpus
from ui.access.limits import PATIENCE, TICK, Full, Ticket
from ui.access.rights import PAGE, USER, Role
from ui.look.templates import render
from ui.pages.ask import talk
from ui.service.desk import Desk, Growing, Recorded
from ui.service.seams import Hands, Serves, beside
from ui.words.catalogue import say
from ui.words.outline import is_reply, place_of
from ui.words.phrases import GLOSSARY, clean, day

TASKS = {
    "framework": (
        "What outcomes and partners relate to victim identity protection?",
        "Compare the partners of Societal and Research and insight.",
    ),
    "law": (
        "What does Article 31 of the Lanzarote Convention require for victims?",
        "Are the EU interim rules still in force?",
    ),
    "practice": (
        "Which pillars have law enforcement as a partner?",
        "What are the arguments for and against checking ages online?",
    ),
}

EXAMPLES = tuple(question for questions in TASKS.values() for question in questions)

AT_ONCE = 16
"""Questions that wait for their turn, or are worded, at the same time; others wait in Gradio."""

DRAWN_AT_ONCE = 2
"""Pages for which kept turns are drawn again at the same time."""


class Shown(NamedTuple):
    """What a question brings to the page."""

    html: str
    """The turn as far as it is drawn, or a state in its place."""

    record: str = ""
    """The turn for the browser to keep, as JSON; empty until it is whole, and where none is."""

    @classmethod
    def state(cls, name: str, **values: object) -> Shown:
        """Return what stands in the place of an answer, as `states.html` draws it."""
        return cls(render(f"states/{name}", **values))


def replies(
    assistant: Hands[Growing],
    text: str,
    sent: str | None = None,
    ticket: Ticket | None = None,
    beside: Callable[[str], Hands[Growing]] | None = None,
) -> Iterator[Shown]:
    """Yield what stands on the page: that the answer is on its way, then the answer as it grows.

    What is wrong with a question is told in a sentence, and becomes no turn. Whoever stops reading
    ends the call to the language model, where one words the answer.
    """
    until = monotonic() + PATIENCE
    yield (waits := Shown.state("loading", question=text))
    while ticket and not ticket.due.wait(TICK) and monotonic() < until:
        # Who has left the page is noticed here.
        yield waits
    if ticket and not ticket.due.is_set():
        yield Shown.state("error", sentence=say("refusal.busy"))
        return
    try:
        along = talk.Sent.read(sent)
        if along.library and beside:
            assistant = beside(along.library)
        question = Question(
            text=text, turns=talk.newest(along.turns), filters=along.filters, policy=along.policy
        )
        growing = assistant.write(question)
        worded = _worded(growing, ticket, assistant.corpus, text, along.number)
        with closing(worded):
            grew = yield from worded
        given = growing.answer if growing else assistant.ask(question)
        # What a browser keeps of it is kept without personal data.
        answer = kept(given, assistant.corpus)
        actions = talk.actions_as_html(answer, assistant.corpus, along.library)
        *stages, whole = talk.stages_as_html(answer, assistant.corpus, actions, along.library)
    except SignpostError as error:
        yield Shown.state("error", sentence=str(error))
        return
    # What was worded has grown already.
    for html in () if grew else stages:
        yield Shown(talk.turn_as_html(html, along.number))
    turn = talk.Turn(number=along.number, question=answer.question, answer=answer)
    if along.library:
        turn = turn.model_copy(update={"library": along.library, "turns": question.turns})
    record = "" if is_reply(answer) else turn.model_dump_json()
    yield Shown(talk.turn_as_html(whole, along.number), record)


def _worded(
    growing: Growing | None, ticket: Ticket | None, corpus: Corpus, text: str, number: int
) -> Generator[Shown, None, bool]:
    """Yield an answer while a model words it, at least once a tick; return whether one does."""
    if not growing or not (model := growing.model):
        return False
    if ticket:
        ticket.leave()

    def drawn(statements: tuple[Statement, ...]) -> Shown:
        reads = growing.reads
        state = render("states/wording", model=clean(model), token=growing.token, reads=reads)
        if reads:
            return Shown.state("loading", question=text, state=state)
        base = growing.base
        answer, whole = (kept(one, corpus) for one in (begun(base, statements), base))
        return Shown(talk.turn_as_html(talk.begun_as_html(answer, whole, corpus, state), number))

    try:
        shown, stands = drawn(()), (growing.reads, 0)
        yield shown
        for statements in growing:
            now = growing.reads, len(statements)
            # Where the model read and there is nothing to word, the whole comes next.
            if now != stands and growing.model:
                shown, stands = drawn(statements), now
            yield shown
        return True
    finally:
        growing.stop()


def build_page(assistant: Serves, settings: Settings, desk: Desk) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    fixed = partial(gr.HTML, apply_default_css=False, js_on_load=None)
    fixed(talk.conversation_as_html())
    welcome = render("states/welcome", tasks=TASKS, known=known_of(assistant.corpus))
    fixed(welcome, elem_id="sp-start")
    fixed(render("ask/conversation"))
    with gr.Column(elem_id="sp-dock"):
        with gr.Row(elem_id="sp-form", equal_height=False):
            # With more than one line Gradio sends by Shift and Enter; the style sheet has three.
            question = gr.Textbox(
                label=say("ask.question"),
                info=say("ask.not_for_reports"),
                placeholder=say("ask.placeholder"),
                lines=1,
                max_lines=8,
                scale=1,
                elem_id="sp-question",
                html_attributes=gr.InputHTMLAttributes(spellcheck=True, autocomplete="off"),
            )
            button = gr.Button(say("ask.button"), variant="primary", scale=0, elem_id="sp-ask")
        fixed(render("ask/library"))
        fixed(talk.drawer_as_html(assistant.corpus))
    # The scripts fill these, and are told of what comes back in them.
    sent, grown, record, stored, drawn = (gr.Textbox(visible="hidden") for _ in range(5))
    restore = gr.Button(visible="hidden", elem_id="sp-ask-restore")

    def show(text: str, along: str | None, request: gr.Request) -> Iterator[Shown]:
        user = request.username or PAGE
        try:
            ticket = desk.turns.join(user, len(text))
        except Full:
            yield Shown.state("error", sentence=say("refusal.busy"))
            return

        def beside_library(name: str) -> Hands[Growing]:
            asker = request.request.scope.get(USER) if request.request else None
            # Who is not known sees what everybody may.
            role = asker.role if asker else Role.OFFICER
            tier = beside(assistant, settings, name, role)
            return Recorded(tier, desk, user)

        with ticket:
            asks = Recorded(assistant, desk, user)
            yield from replies(asks, text, along, ticket, beside_library)

    # Gradio looks the class up among what the module imports, and here it is imported late.
    show.__annotations__["request"] = gr.Request
    asked = gr.on(
        [question.submit, button.click],
        show,
        [question, sent],
        [grown, record],
        js="(text) => window.signpostSends(text)",
        show_progress="hidden",
        concurrency_limit=AT_ONCE,
        api_name="ask",
        api_visibility="private",
    )
    grown.change(
        None, grown, None, js="(html) => window.signpostGrows(html)", trigger_mode="multiple"
    )
    asked.success(
        None, [question, grown, record], question, js="(...now) => window.signpostAnswered(...now)"
    )
    # In the browser alone: where the server has no room, it has none for this either.
    asked.failure(None, None, None, js="() => window.signpostBroke()")
    restored = restore.click(
        lambda turns: talk.restored_as_html(turns, assistant.corpus),
        stored,
        drawn,
        js="() => window.signpostStored()",
        show_progress="hidden",
        trigger_mode="multiple",
        concurrency_limit=DRAWN_AT_ONCE,
        api_name="ask_restored",
        api_visibility="private",
    )
    restored.success(None, drawn, None, js="(html) => window.signpostDrawn(html)")
    restored.failure(None, None, None, js="() => window.signpostDrawn(null)")


def known_of(corpus: Corpus) -> str:
    """Say what answers are given from: how many sources of each tier, and as of when."""
    titles: dict[str, list[str]] = {}
    for source in corpus.sources:
        if source.id != GLOSSARY:
            titles.setdefault(source.tier, []).append(clean(source.title))
    named = [say(f"ask.knows_{tier}", n=len(own), title=own[0]) for tier, own in titles.items()]
    latest = max((source.as_of for source in corpus.sources if source.as_of), default="")
    return say("ask.knows", sources=listed(named), day=day(latest)) if latest else ""


def begun(whole: Answer, settled: Sequence[Statement]) -> Answer:
    """Return the beginning of an answer.

    A note of Signpost's own that opens the answer is settled from the first. It is drawn before
    its turn if nothing that is missing stands above it, lest it push down what is being read; and
    if it cites nothing, so that no number of a source changes.

    The whole is in the sources' own words; what is settled are its first statements.
    """
    cited = {place_of(citation) for one in settled for citation in one.citations}
    notes: list[Statement] = []
    for one in whole.statements:
        # What has a section stands below all that has none.
        if one.section or one in settled:
            continue
        if one.kind == "note" and not one.citations:
            notes.append(one)
        elif not cited.issuperset(map(place_of, one.citations)):
            break
    return whole.model_copy(update={"statements": (*settled, *notes)})
