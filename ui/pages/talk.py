"""The Ask workspace: questions, answers that grow as they are drawn, and the conversation of them.

The server keeps nothing of it, and trusts nothing that the page sends along or kept.
"""

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import accumulate
from time import monotonic
from typing import NamedTuple, Self, get_args

from markupsafe import Markup
from pydantic import Field, OnErrorOmit, TypeAdapter, ValidationError

from assistant.answering.narrowing import TIER_NAMES
from assistant.citing import ground
from assistant.citing.fidelity import faithful
from assistant.errors import QuestionError, SignpostError
from assistant.ingestion import LONGEST_NAME
from assistant.records import Answer, Filters, Question, Statement
from assistant.remarks import LONGEST_COMMENT, Verdict
from assistant.safety.personal import kept
from assistant.settings import Settings
from corpus.errors import CorpusError
from corpus.passage import Corpus, Record
from ui.access.rights import PAGE, PATIENCE, TICK, USER, Full, Role, Ticket
from ui.exports.export import FORMS
from ui.look.templates import render
from ui.pages.framework import joined
from ui.service.desk import Desk, Growing, Recorded, Serves, beside
from ui.words.answer_text import answer_as_text
from ui.words.outline import Outline, is_reply, place_of
from ui.words.phrases import GLOSSARY, clean, day, grouped, say, wording_note

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

AT_ONCE = 16
"""Questions that wait for their turn, or are worded, at the same time; others wait in Gradio."""


def answer_as_html(answer: Answer, corpus: Corpus, actions: str = "") -> str:
    """Return an answer with its source panels, closed, as one block of HTML."""
    *_, whole = stages_as_html(answer, corpus, actions)
    return whole


def stages_as_html(
    answer: Answer, corpus: Corpus, actions: str = "", library: str = ""
) -> Iterator[str]:
    """Yield an answer as it grows, `CorpusError` if it is not of this edition.

    Only the whole is announced.
    """
    outline = Outline.of(answer, corpus)
    for count in range(len(outline.parts) + 1):
        yield render("answer/answer", outline=outline, parts=outline.parts[:count])
    end = {"worded": wording_note(answer), "actions": Markup(actions), "reply": is_reply(answer)}
    yield render("answer/answer", outline=outline, parts=outline.parts, library=library, whole=end)


def begun_as_html(answer: Answer, whole: Answer, corpus: Corpus, state: str) -> str:
    """Return the beginning of an answer with its source panels, as it will stand in the whole."""
    outline = Outline.of(answer, corpus, whole)
    return render("answer/answer", outline=outline, parts=outline.parts, state=Markup(state))


def turn_as_html(answer: str, number: int) -> str:
    """Return one turn of a conversation: an answer as HTML, its citations told from the others'."""
    own = re.sub(r'( id="| href="#| aria-labelledby=")cite-', rf"\1cite-{number}-", str(answer))
    for name in ("answer", "source"):
        named = say(f"ask.{name}_of", number=number)
        own = own.replace(f'aria-label="{say(f"ask.{name}")}"', f'aria-label="{named}"')
    return render("answer/turn", number=number, own=Markup(own))


def actions_as_html(answer: Answer, corpus: Corpus, library: str = "") -> str:
    """Return what can be done with one answer; empty where nothing of the message is kept."""
    if is_reply(answer):
        return ""
    # What was answered outright was refused to nobody.
    gone = "wrongly_refused" if answer.status == "answered" else ""
    verdicts = () if library else get_args(Verdict)
    return render(
        "ask/actions",
        question=answer.resolved_question,
        # Whatever it is pasted into breaks its lines.
        plain=f"{answer.question}\n\n{answer_as_text(answer, corpus, 10_000)}",
        forms=_offered("answer", "conversation"),
        verdicts=[(one, say(f"feedback.{one}")) for one in verdicts if one != gone],
        longest=LONGEST_COMMENT,
    )


def _offered(*where: str) -> list[tuple[str, str]]:
    found = [name for name, form in FORMS.items() if form.installed and form.offered in where]
    return [(name, say(f"ask.{name}")) for name in found]


def drawer_as_html(corpus: Corpus) -> str:
    """Return the choice of a library, the drawer, closed, and the line that says what is set."""
    # What stands at the top of the framework's structure: name, and short name.
    groups = {
        one.id: (f"{number}. {one.text}", f"{one.facets['kind']} {number}")
        for one in corpus.passages
        if one.facets.get("group") == one.id and (number := one.facets.get("number"))
    }
    held = (one for one in corpus.passages if one.facets.get("parent") in groups)
    facets = (one.heading_path[-1] for one in held if one.heading_path)
    tiers = dict.fromkeys(source.tier for source in corpus.sources)
    names = {"": "anyone", "officer": "officers", "trainer": "trainers", "evaluator": "evaluators"}
    audiences = {one: say(f"ask.{name}") for one, name in names.items()}
    fields = {
        "pillars": groups,
        "facets": {name: (name.capitalize(), name) for name in facets},
        "tiers": {tier: (say(f"phrase.tiers_{tier}"), TIER_NAMES[tier]) for tier in tiers},
        "audience": {name: (label, label.lower()) for name, label in audiences.items()},
    }
    return render("ask/drawer", fields=fields)


MOST_TURNS = 20  # Turns that a conversation keeps; the oldest go first.
MOST_TURN_CHARS = 8000
"""Characters of earlier questions that go along with one; the oldest are left out."""

MOST_NUMBER = 10**6


class Sent(Record):
    """What the page sends along with a question: earlier ones, oldest first, and a library."""

    turns: tuple[str, ...] = ()
    number: int = Field(1, ge=1, le=MOST_NUMBER)
    filters: Filters = Filters()
    policy: bool = False
    """Whether the asker says that a withheld message is a policy question."""

    library: str = Field("", max_length=LONGEST_NAME)

    @classmethod
    def read(cls, text: str | None) -> Self:
        """Read what the page sent, nothing for a first question; `QuestionError` if not ours."""
        try:
            return cls.model_validate_json(text) if text else cls()
        except ValidationError:
            raise QuestionError(say("refusal.strange")) from None


class Turn(Record):
    """A question that was answered, as a browser keeps it."""

    number: int = Field(ge=1, le=MOST_NUMBER)
    """Its place in the conversation, whatever was dropped since."""

    question: str
    """As typed; personal data are masked in it and in the answer."""

    answer: Answer
    library: str = ""
    """That was asked too. Documents may be seen by few, so that its turn ends with its page."""

    turns: tuple[str, ...] = ()
    """Earlier questions that it was sent with, masked as they were kept, to be asked again with."""


def newest(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the last questions that are neither too many nor too long together, oldest first."""
    latest = tuple(questions)[: -MOST_TURNS - 1 : -1]
    fitting = sum(length <= MOST_TURN_CHARS for length in accumulate(map(len, latest)))
    return latest[:fitting][::-1]


def restored_as_html(text: str | bytes, corpus: Corpus) -> str:
    """Return kept turns, a list in JSON, as they are shown again.

    One that this edition does not carry is told to be from an earlier one; others are left out.
    """
    html, turns = "", list[Turn]()
    with suppress(ValueError, RecursionError):
        turns = TypeAdapter(list[OnErrorOmit[Turn]]).validate_python(json.loads(text))
    for turn in turns[:MOST_TURNS]:
        answer, drawn = turn.answer, str(render("states/stale", question=turn.question))
        judge = faithful if answer.provenance.checker == ground.WORDED else None
        with suppress(CorpusError):
            # Whether every statement is still carried by what it cites.
            if not ground.check(answer.statements, corpus.by_id, judge)[1]:
                drawn = answer_as_html(answer, corpus, actions_as_html(answer, corpus))
        html += "" if answer.signposting else turn_as_html(drawn, turn.number)
    return html


class Shown(NamedTuple):
    """What a question brings to the page: a turn or a state, and what the browser keeps of it."""

    html: str
    record: str = ""
    """The turn as JSON; empty until it is whole, and where none is."""


def replies(
    assistant: Recorded,
    text: str,
    sent: str | None = None,
    ticket: Ticket | None = None,
    beside: Callable[[str], Recorded] | None = None,
) -> Iterator[Shown]:
    """Yield what stands on the page: that the answer is on its way, then the answer as it grows.

    Whoever stops reading ends the call to the language model, where one words the answer.
    """
    until = monotonic() + PATIENCE
    yield (waits := Shown(render("states/loading", question=text)))
    while ticket and not ticket.due.wait(TICK) and monotonic() < until:
        # Who has left the page is noticed here.
        yield waits
    if ticket and not ticket.due.is_set():
        yield Shown(render("states/error", sentence=say("refusal.busy")))
        return
    try:
        along = Sent.read(sent)
        if along.library and beside:
            assistant = beside(along.library)
        question = Question(
            text=text, turns=newest(along.turns), filters=along.filters, policy=along.policy
        )
        growing = assistant.write(question)
        worded = _worded(growing, ticket, assistant.corpus, text, along.number)
        with closing(worded):
            grew = yield from worded
        given = growing.answer if growing else assistant.ask(question)
        # What a browser keeps of it is kept without personal data.
        answer = kept(given, assistant.corpus)
        actions = actions_as_html(answer, assistant.corpus, along.library)
        *stages, whole = stages_as_html(answer, assistant.corpus, actions, along.library)
    except SignpostError as error:
        yield Shown(render("states/error", sentence=str(error)))
        return
    # What was worded has grown already.
    for html in () if grew else stages:
        yield Shown(turn_as_html(html, along.number))
    turn = Turn(
        number=along.number,
        question=answer.question,
        answer=answer,
        library=along.library,
        turns=question.turns,
    )
    record = "" if is_reply(answer) else turn.model_dump_json()
    yield Shown(turn_as_html(whole, along.number), record)


def _worded(
    growing: Growing | None, ticket: Ticket | None, corpus: Corpus, text: str, number: int
) -> Generator[Shown, None, bool]:
    """Yield an answer while a model words it, at least once a tick; return whether one did."""
    if not growing or not (model := growing.model):
        return False
    if ticket:
        ticket.leave()

    def drawn(statements: tuple[Statement, ...]) -> Shown:
        reads = growing.words.reads
        state = render("states/wording", model=clean(model), token=growing.token, reads=reads)
        if reads:
            return Shown(render("states/loading", question=text, state=state))
        base = growing.words.base
        answer, whole = (kept(one, corpus) for one in (begun(base, statements), base))
        return Shown(turn_as_html(begun_as_html(answer, whole, corpus, state), number))

    try:
        shown, stands = drawn(()), (growing.words.reads, 0)
        yield shown
        for statements in growing:
            now = growing.words.reads, len(statements)
            # Where the model read and there is nothing to word, the whole comes next.
            if now != stands and growing.model:
                shown, stands = drawn(statements), now
            yield shown
        return bool(growing.model)
    finally:
        growing.stop()


def build_page(assistant: Serves, settings: Settings, desk: Desk) -> None:
    """Lay out the workspace on the page that is open."""
    import gradio as gr

    fixed = partial(gr.HTML, apply_default_css=False, js_on_load=None)
    fixed(render("ask/conversations", forms=_offered("conversation")))
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
        fixed(drawer_as_html(assistant.corpus))
    # The scripts fill these, and are told of what comes back in them.
    sent, grown, record = (gr.Textbox(visible="hidden") for _ in range(3))

    def show(text: str | None, along: str | None, request: gr.Request) -> Iterator[Shown]:
        user, text = request.username or PAGE, text or ""
        try:
            ticket = desk.turns.join(user, len(text))
        except Full:
            yield Shown(render("states/error", sentence=say("refusal.busy")))
            return

        def beside_library(name: str) -> Recorded:
            asker = request.request.scope.get(USER) if request.request else None
            # Who is not known sees what everybody may.
            role = asker.role if asker else Role.OFFICER
            tier = beside(assistant, settings, name, role)
            return Recorded(tier, desk, user)

        with ticket:
            asks = Recorded(assistant, desk, user)
            yield from replies(asks, text, along, ticket, beside_library)

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


def known_of(corpus: Corpus) -> str:
    """Say what answers are given from: how many sources of each tier, and as of when."""
    works = (source for source in corpus.sources if source.id != GLOSSARY)
    named = [
        say(f"ask.knows_{tier}", n=len(own), title=clean(own[0].title))
        for tier, own in grouped(works, lambda source: source.tier).items()
    ]
    latest = max((source.as_of for source in corpus.sources if source.as_of), default="")
    return say("ask.knows", sources=joined(named), day=day(latest)) if latest else ""


def begun(whole: Answer, settled: Sequence[Statement]) -> Answer:
    """Return the beginning of an answer, of which the first statements are settled.

    A note of Signpost's own is drawn before its turn if nothing that is missing stands above it,
    lest it push down what is being read, and if it cites nothing, so that no number changes.
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
