"""The routes that hand out files: of answers, and of training sessions.

Each answer is asked for again, and must be the very same. A session is made from its request and
edits, checked, and kept nowhere.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from pydantic import Field

from assistant.errors import ExportError, ExtraMissing, QuestionError, SessionError
from assistant.ingestion import LONGEST_NAME
from assistant.records import Answer, Question
from assistant.safety.personal import Finder
from assistant.sessions.session import Session
from assistant.sessions.session_edit import Plan, checked
from ui.access.rights import User
from ui.exports.export import FORMS, ExportForm, check_exportable, export_file
from ui.exports.files import DOCX, JSON, MARKDOWN, PPTX, TEXT, File, file_name
from ui.exports.session_files import SESSION_FORMS, session_file
from ui.pages.ask.talk import newest
from ui.pages.prepare.prepare import derived
from ui.server.tools import Body, Caller, Problem, Tools, attached
from ui.service.seams import Quotes, Serves
from ui.words.catalogue import say

MOST_ANSWERS = 20
"""Answers in one export."""


_CHECKED = ("status", "reason", "statements", "completeness", "nearest", "parts", "choices")
"""What of an answer stands in an export, beside its question."""


class ExportBody(Body):
    """Answers to be written to a file."""

    form: ExportForm
    """What as; a certificate is of one answer."""

    answers: tuple[Answer, ...] = Field(min_length=1, max_length=MOST_ANSWERS)
    """As `/api/ask` gave them, in order."""

    title: Annotated[str, Field(max_length=200)] = ""
    """Of the document; empty for one made from the question."""

    library: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    """A library of documents that some were given with; empty for none."""

    turns: tuple[tuple[str, ...], ...] = Field((), max_length=MOST_ANSWERS)
    """Earlier questions that were sent with each, in order; read for those with a library."""


FILES = (*SESSION_FORMS, "all")
"""What a session can be written as; the last is a ZIP of all others."""

_STAMP = (2020, 1, 1, 0, 0, 0)
"""When each file of a ZIP was written, as it says: nobody is told when a session was made."""

ZIP = "application/zip"


def described(media_types: Iterable[str]) -> dict[int | str, dict[str, object]]:
    """Return what the schema of the API says of a response that is a file."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    kinds = {media_type.partition(";")[0]: schema for media_type in media_types}
    return {200: {"description": "The file.", "content": kinds}}


def add_export(api: APIRouter, tools: Tools) -> None:
    """Add the route to those under `/api`."""
    checking = Checking(tools.assistant)

    def made(body: ExportBody, user: User) -> File:
        tier = tools.beside(body.library, user)
        answers = checking.checked(body.answers, tier, body.turns)
        title = checking.titled(body.title)
        return export_file(answers, body.form, tier.corpus, datetime.now(UTC).date(), title)

    @api.post(
        "/export",
        tags=["Answers"],
        summary="Answers as a file",
        response_class=Response,
        responses=described(one.media_type for one in FORMS.values()),
    )
    async def export(body: ExportBody, user: Caller) -> Response:
        """Write answers as text, Markdown, DOCX, a certificate, a brief of one page or references.

        Each is asked for again; one that Signpost does not give so now is refused.
        """
        return attached(await tools.work.do(lambda: made(body, user)))


@dataclass
class Checking:
    """Holds answers against those that an assistant gives."""

    assistant: Quotes

    def checked(
        self, answers: Sequence[Answer], tier: Quotes, turns: Sequence[Sequence[str]]
    ) -> list[Answer]:
        """Return answers as the assistant gives them now, under the words that were typed.

        Whoever sends an answer can have changed any word of it, a note of Signpost's own or a mark
        on what is past review included, so that nothing of what was sent is handed on but the
        question as it was understood. It is masked as in all that is kept.

        Args:
            answers: those that were sent.
            tier: gives those that were given with a library, where one is named.
            turns: earlier questions that each was sent with.

        Raises:
            ExportError: an answer may not be exported, is of another edition, or is another now.
        """
        earlier = zip_longest(answers, turns, fillvalue=())
        return [self._one(answer, tier, newest(told)) for answer, told in earlier if answer]

    def titled(self, title: str) -> str:
        """Return a title, personal data masked; `ExportError` if a reviewed reply is due to it."""
        if title.strip() and self.assistant.hear(title).reply:
            raise ExportError(say("export.reply"))
        return self._finder.mask(title)

    def _one(self, answer: Answer, tier: Quotes, turns: tuple[str, ...]) -> Answer:
        check_exportable(answer)
        asked = answer.resolved_question or answer.question
        if answer.provenance.corpus == self.assistant.corpus.digest:
            again = self._again(self.assistant, answer, asked, ())
        elif answer.provenance.corpus == tier.corpus.digest:
            # A library is told the questions before, and reads this one in their light itself.
            again = self._again(tier, answer, answer.question if turns else asked, turns)
            asked = again.resolved_question or again.question
        else:
            raise ExportError(say("export.other_edition"))
        # A model's sentences are not handed on at all.
        held = set(_CHECKED) - ({"statements"} if answer.provenance.wording else set())
        if any(getattr(answer, name) != getattr(again, name) for name in held):
            raise ExportError(say("export.not_ours"))
        # Words that were typed and then understood otherwise cannot be held against anything.
        own = {"question": asked, "resolved_question": asked}
        return self._finder.masked(again.model_copy(update=own))

    def _again(self, asker: Quotes, answer: Answer, text: str, turns: tuple[str, ...]) -> Answer:
        # A question and its answer share what the answer was narrowed by.
        shared = (Question.model_fields.keys() & Answer.model_fields.keys()) - {"text", "turns"}
        given = answer.model_dump(include=shared)
        try:
            # What a model worded is exported in the sources' own words, which do not vary.
            sent = {**given, "text": text, "turns": turns}
            again = asker.quoted(Question.model_validate(sent))
        except QuestionError:
            raise ExportError(say("export.not_ours")) from None
        if again.signposting:
            raise ExportError(say("export.reply"))
        return again

    @cached_property
    def _finder(self) -> Finder:
        return Finder.of(self.assistant.corpus)


def add_sessions(api: APIRouter, tools: Tools) -> None:
    """Add the route of a session's files."""

    @api.post(
        "/session/{form}",
        tags=["Sessions"],
        summary="A file of a training session",
        response_class=Response,
        responses={
            **described((TEXT, MARKDOWN, DOCX, PPTX, JSON, ZIP)),
            404: {"model": Problem, "description": "There is no such file of a session."},
        },
    )
    async def session_as(form: str, plan: Plan) -> Response:
        """Return a session as a file: `handout`, `guide`, `slides`, `gift`, `all` and others.

        An edit that cannot be made, or that met a reviewed reply, is refused.
        """
        if form not in FILES:
            raise HTTPException(404, say("prepare.no_form"))
        return attached(await tools.work.do(lambda: file_of(tools.assistant, plan, form)))


def file_of(assistant: Serves, plan: Plan, form: str) -> File:
    """Return a file of a plan's session, or all as one; `SessionError` if it cannot be made."""
    asked = plan.model_copy(update={"request": checked(plan.request)})
    made = derived(assistant, asked, datetime.now(UTC).date())
    if made.edited is None or made.reply or made.said:
        raise SessionError(made.said or say("prepare.not_kept"))
    session = made.edited.session
    named = next((one for one in SESSION_FORMS if one == form), None)
    return session_file(session, named) if named else bundle(session)


def bundle(session: Session) -> File:
    """Return all files of a session as a ZIP; those that this machine cannot write are left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as held:
        for form in SESSION_FORMS:
            try:
                file = session_file(session, form)
            except (ExtraMissing, SessionError):
                continue
            held.writestr(zipfile.ZipInfo(file.name, _STAMP), file.content)
    return File(file_name(f"Session {session.title}", "zip"), ZIP, out.getvalue())
