"""What the items of a framework are called, in short and in full, and where each is shown."""

from __future__ import annotations

from urllib.parse import quote

from corpus.passage import Passage
from corpus.structure.graph import Framework, Item, Kind
from ui.look.templates import escape
from ui.service.workspaces import WORKSPACES
from ui.words.catalogue import say

_PATH = next(one.path for one in WORKSPACES if one.key == "framework")


def short(item: Item) -> str:
    """Return an id without its source, as people write it.

    >>> short(Item(id="gsr:C12", kind="capability"))
    'C12'
    """
    return item.id.rpartition(":")[2]


def name_of(framework: Framework, item: Item) -> str:
    """Return what a reader would call an item: `Capability 12`, `Outcome P3-O4`."""
    kind = framework.kind_by_id[item.kind].singular.capitalize()
    return f"{kind} {item.number if item.number is not None else short(item)}"


def full_name(framework: Framework, item: Item) -> str:
    """Return the name of an item with its title or words."""
    return say("framework.full_name", name=name_of(framework, item), label=item.label)


def counted(kind: Kind, number: int) -> str:
    """Return a number of items of a kind: `1 partner`, `5 outcomes`."""
    return f"{number} {kind.singular if number == 1 else kind.plural}"


def joined(parts: list[str]) -> str:
    """Return parts as a sentence lists them: with commas, and a last word between the last two."""
    if len(parts) < 2:
        return "".join(parts)
    return say("framework.last_of_several", before=", ".join(parts[:-1]), last=parts[-1])


def tops(framework: Framework) -> tuple[Item, ...]:
    """Return the items at the top of a structure, those of its first kind first."""
    return tuple(item for kind in framework.top_kinds for item in framework.of_kind(kind.id))


def link_to(item: Item, label: str) -> str:
    """Return a link that opens an item; the script opens it without leaving the page."""
    # In full, for Gradio sets the base of all links to its first page.
    address = f"{_PATH}?item={quote(item.id, safe=':')}"
    return f'<a href="{escape(address)}">{escape(label)}</a>'


def question_link(question: str, label: str = "") -> str:
    """Return a link that asks a question; the script gives it the address, behind the `#`.

    What stands there reaches no log of a server. Without a label the link shows the question.
    """
    asked = f'="{escape(question)}"' if label else ""
    return f"<a data-ask{asked}>{escape(label or question)}</a>"


def sign_of(passage: Passage) -> str:
    """Return the small sign of what is corrected or doubted about an item; empty for neither."""
    found = []
    if passage.corrections:
        found.append(say("framework.corrected"))
    if passage.doubts:
        found.append(say("framework.doubted"))
    return "".join(f' <span class="sp-framework-sign">{escape(one)}</span>' for one in found)
