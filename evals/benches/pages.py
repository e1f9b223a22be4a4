"""What the pages weigh and how soon they are there, in a browser: `python -m evals.benches.pages`.

It starts `signpost serve` here. Each workspace is opened as by
somebody who was never there, and again by the same reader; then questions are asked on the page.
What a browser would send to anybody but the server is counted, and must be nothing.
"""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from statistics import median
from typing import TYPE_CHECKING

from assistant.errors import SupplyError
from evals.benches.serving import questions_alone, started
from evals.statistics import percentile

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORKSPACES = ("/", "/framework", "/prepare", "/evaluate", "/library")

VISITS, QUESTIONS = 5, 30
"""How often each workspace is opened, of which the median is shown, and how many are asked."""

SETTLED_MS, QUIET_MS = 1000, 600
"""How long is waited after a page has loaded, for what it fetches then; and for how long it has not
changed when an answer is whole."""

# What is there to be used first: beside the header and the notice, since every page has those.
_WATCH = """
window.measured = { box: null, lcp: null };
performance.setResourceTimingBufferSize(5000);
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.measured.lcp = one.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
const things = "main :is(textarea, input, select, button, a)";
const frame = ".sp-header, .sp-footer, .sp-skip, .nav-holder";
const usable = () => [...document.querySelectorAll(things)]
  .find((one) => !one.disabled && !one.closest(frame) && one.checkVisibility());
const look = () => {
  if (usable()) window.measured.box = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""

# What came from the cache has a transfer size of 0.
_MEASURED = """() => {
  const fetched = ["navigation", "resource"].flatMap((one) => performance.getEntriesByType(one))
    .filter((one) => one.transferSize);
  const kib = (name) => fetched.reduce((all, one) => all + one[name], 0) / 1024;
  return {
    FCP: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    LCP: window.measured.lcp, box: window.measured.box,
    KiB: kib("transferSize"), of: kib("decodedBodySize"), requests: fetched.length,
  };
}"""

_ASKED = """([question, quiet]) => new Promise((done) => {
  const place = document.querySelector("#sp-reply");
  const before = document.querySelectorAll(".sp-turn").length;
  const box = document.querySelector("#sp-question textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  let first = null, last = null, timer = 0, start = 0;
  const failed = () => document.querySelector(".sp-error") !== null;
  const answered = () => failed() || document.querySelectorAll(".sp-turn").length > before;
  const seen = new MutationObserver(() => {
    if (!answered()) return;
    last = performance.now();
    first ??= last;
    clearTimeout(timer);
    timer = setTimeout(() => {
      seen.disconnect();
      done([first - start, last - start, failed()]);
    }, quiet);
  });
  seen.observe(place, { childList: true, subtree: true, characterData: true });
  setTimeout(() => { start = performance.now(); document.querySelector("#sp-ask").click(); }, 100);
})"""

Visit = dict[str, float]
"""One opening of a page: its first and its largest contentful paint and when the first thing to use
was there, ms; KiB over the wire and of the same unpacked; requests. What is none is not in it."""

Visits = dict[tuple[str, str], list[Visit]]
"""By the page, and whether it was opened first or again."""

Asked = tuple[float, float, bool]
"""One question: from pressing the button to the first words of the answer and to the last of them,
ms; and whether it failed."""


def main() -> int:
    """Measure and print."""
    alone, sent = questions_alone(), set[str]()
    with started({"SIGNPOST_RATE": "10000"}) as (address, _), _browser() as browser:
        visits = _visits(browser, address, sent)
        # Evenly spread over all that stand alone.
        asked = _asking(browser, address, alone[:: len(alone) // QUESTIONS][:QUESTIONS])
    own = (f"{address}/", "data:", "blob:")
    outside = sorted(url for url in sent if not url.startswith(own))
    sys.stdout.write(_report(visits, asked, outside))
    return 1 if outside or any(failed for _, _, failed in asked) else 0


@contextmanager
def _browser() -> Iterator[Browser]:
    """Yield Chromium; SupplyError if it, or what drives it, is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise SupplyError("Playwright is missing; make test installs it.") from None
    path = shutil.which("chromium")
    if path is None:
        raise SupplyError("Chromium is missing; make browser installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def _visits(browser: Browser, address: str, sent: set[str]) -> Visits:
    """Open each page as a new reader does, and again; add what is asked for to `sent`."""
    found = defaultdict[tuple[str, str], list[Visit]](list)
    # Once to warm the server; what it has to do the first time is nobody's page.
    for path, number in product(WORKSPACES, range(VISITS + 1)):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.on("request", lambda request: sent.add(request.url))
        for which in ("first", "again"):
            page = context.new_page()
            page.add_init_script(_WATCH)
            page.goto(f"{address}{path}", wait_until="load")
            page.wait_for_selector(".sp-footer")
            page.wait_for_timeout(SETTLED_MS)
            measured = page.evaluate(_MEASURED)
            page.close()
            if number:
                there = {name: one for name, one in measured.items() if one is not None}
                found[path, which].append(there)
        context.close()
    return found


def _asking(browser: Browser, address: str, questions: Sequence[str]) -> list[Asked]:
    """Return ms from pressing the button to the first words, and to the whole answer."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#sp-question textarea")
    told: list[Asked] = []
    # The first warms the path of a question.
    for question in (questions[0], *questions):
        told.append(tuple(page.evaluate(_ASKED, [question, QUIET_MS])))
        if page.locator("#sp-new").is_visible():
            page.click("#sp-new")
            page.wait_for_function("!document.querySelector('.sp-turn')")
    return told[1:]


def _report(visits: Visits, asked: Sequence[Asked], outside: Sequence[str]) -> str:
    lines = [f"{VISITS} visits each, medians; ms, KiB over the wire (of KiB unpacked), requests"]
    for (path, which), opened in visits.items():
        names = dict.fromkeys(name for one in opened for name in one)
        told = (f"{n} {median([one[n] for one in opened if n in one]):.0f}" for n in names)
        lines.append(f"{path:<11} {which}: {', '.join(told)}")
    lines += [f"requests to anybody but the server: {len(outside)}", *outside]
    for place, name in enumerate(("first words", "whole answer")):
        times = [one[place] for one in asked]
        half, most = percentile(times, 50).value, percentile(times, 95).value
        lines.append(f"{name}: p50 {half:.0f} ms, p95 {most:.0f} ms, n {len(times)}")
    lines.append(f"questions that met an error: {sum(one[2] for one in asked)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
