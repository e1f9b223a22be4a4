"""What the tests of worded answers share: a scripted model, an answer."""

from threading import Event
from types import SimpleNamespace

from assistant.citing import ground
from assistant.citing.citations import note
from assistant.records import Completeness, Statement
from assistant.safety.personal import Finder
from assistant.wording.generative import Generative
from tests.harbour import HARBOUR, cited, saved

DEADLINES = "Deadlines of action 6 (Spill response)"


class Scripted:
    """A way to a model that replies by a script, the last line for all calls that follow.

    A line is a text, or pieces: text, an error, an event to wait for, or none until it is cut.
    """

    def __init__(self, *script):
        self._script, self.asked, self.cut = script, [], Event()
        self.stop = self.cut.set

    def pieces(self, system, user):
        self.asked.append(f"{system}\n{user}")
        line = self._script[min(len(self.asked), len(self._script)) - 1]
        for one in [line] if isinstance(line, (str, Exception, Event)) else line:
            if isinstance(one, Exception):
                raise one
            if one is None or isinstance(one, Event):
                (one or self.cut).wait(20)
            else:
                yield one


def made_answer(**fields):
    """Return an answer of a note, two quotes of the framework and two of guidance."""
    cites = {
        ("framework", DEADLINES): (cited("harbour:A6-D1"), cited("harbour:A6-D2")),
        ("guidance", "Walkways"): (cited("note:walkways#2", 0), cited("note:walkways#2", 1)),
    }
    told = [
        Statement(text=one.quote, kind=kind, citations=(one,), section=section)
        for (kind, section), some in cites.items()
        for one in some
    ]
    opening = note("The page lists 2 deadlines of action 6.")
    judged, _ = ground.check((opening, *told), HARBOUR.corpus.by_id)
    count = {"facet": "deadlines", "group": "harbour:A6", "label": "deadlines"}
    listed = (Completeness(listed=2, total=2, **count),)
    return saved(**({"statements": judged, "completeness": listed} | fields))


def writing(*script, answer=None, reading=None, seconds=20.0, local=True):
    """Return the wording of an answer by a scripted model, the model, and whether it was cut."""
    line = Scripted(*script)
    endpoint = SimpleNamespace(
        model="scripted", connect=lambda _: line, max_tokens=400, is_local=local
    )
    generative = Generative(endpoint, HARBOUR.corpus.by_id, Finder(HARBOUR.corpus), seconds)
    return generative.write(answer or made_answer(), reading), line, line.cut
