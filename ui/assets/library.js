// Fetches the views of the Library workspace, filters and sorts its sources, and follows what goes on.
(() => {
  "use strict";
  const words = window.signpostWords;
  const filters = { words: "", tier: "", sort: "order", past: false };
  let asked = 0;
  let timer = 0;

  const place = () => document.getElementById("sp-library-view");
  const address = () => new URLSearchParams(location.hash.slice(1));

  function path() {
    const now = address();
    const given = (name, value) => `${name}?${new URLSearchParams(value)}`;
    if (now.has("source")) return given("source", { id: now.get("source") });
    const view = now.get("view") ?? "sources";
    if (view === "changes" && now.has("edition")) return given(view, { edition: now.get("edition") });
    if (view === "index" && now.has("confirm")) return given(view, { confirm: now.get("confirm") });
    return ["sources", "check", "index", "changes", "service"].includes(view) ? view : "sources";
  }

  async function get(what, options) {
    const answer = await fetch(`/api/library/${what}`, options).catch(() => null);
    if (!answer) return { error: words.offline };
    return answer.json().catch(() => ({ error: words.view_failed }));
  }

  function mark() {
    const now = address().has("source") ? "sources" : path().split("?")[0];
    document.querySelectorAll(".sp-library-views a").forEach((link) => {
      if (link.dataset.view === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function tell(sentence) {
    place()?.querySelector(".sp-library-told")?.remove();
    const told = document.createElement("p");
    told.className = "sp-library-told sp-library-failed";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    const heading = place()?.querySelector("h2");
    if (heading) heading.after(told);
    else place()?.replaceChildren(told);
  }

  function draw(html, focus) {
    const busy = place().querySelector("[data-busy]");
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const moved = fresh.content.querySelector("[data-busy]");
    // While something goes on only its bar is drawn again, so that nothing is lost from under the reader.
    if (busy && moved && !focus) busy.replaceWith(moved);
    else place().replaceChildren(fresh.content);
    fill();
    filter();
    if (focus) {
      const heading = place().querySelector("h2");
      heading?.focus({ preventScroll: true });
      if (heading && heading.getBoundingClientRect().top < 0) heading.scrollIntoView();
    } else if (busy && !moved) {
      window.signpostAnnounce(place().querySelector(".sp-library-said, .sp-library-failed, .sp-library-outcome")?.textContent ?? "");
      place().querySelector("h2")?.focus({ preventScroll: true });
    }
    clearTimeout(timer);
    if (place().querySelector("[data-busy]")) timer = setTimeout(() => show(false), 1000);
  }

  async function show(focus) {
    if (!place()) return;
    const mine = ++asked;
    mark();
    const found = await get(path());
    if (mine !== asked || !place()) return;
    if (found.html !== undefined) draw(found.html, focus);
    else {
      tell(found.error ?? words.view_failed);
      clearTimeout(timer);
      if (place().querySelector("[data-busy]")) timer = setTimeout(() => show(false), 15000);
    }
  }

  async function send(button) {
    const { send: what, ...body } = button.dataset;
    button.disabled = true;
    const mine = ++asked;
    const found = await get(what, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (mine !== asked || !place()) return;
    button.disabled = false;
    if (found.html === undefined) {
      tell(found.error ?? words.view_failed);
      button.focus();
      return;
    }
    // What was confirmed is not asked for again by a reload.
    if (address().has("confirm")) history.replaceState(null, "", "#view=index");
    draw(found.html, true);
  }

  function fill() {
    const form = place().querySelector(".sp-library-filters[role=search]");
    if (!form) return;
    Object.entries(filters).forEach(([name, value]) => {
      if (name === "past") form.elements.past.checked = value;
      else form.elements[name].value = value;
    });
  }

  const SORTS = {
    order: (row) => Number(row.order),
    title: (row) => row.title,
    review: (row) => row.reviewBy,
    as_of: (row) => row.asOf,
    passages: (row) => -Number(row.passages),
    warnings: (row) => -Number(row.warnings),
  };

  function filter() {
    const table = place().querySelector(".sp-library-table tbody");
    if (!table) return;
    const wanted = filters.words.toLowerCase().split(/\s+/).filter(Boolean);
    const key = SORTS[filters.sort] ?? SORTS.order;
    const rows = [...table.rows];
    rows.sort((one, other) => {
      const [a, b] = [key(one.dataset), key(other.dataset)];
      if (a === b) return one.dataset.order - other.dataset.order;
      return a < b ? -1 : 1;
    });
    let shown = 0;
    rows.forEach((row) => {
      const { tier, review, words: own } = row.dataset;
      const fits = (!filters.tier || tier === filters.tier) && (!filters.past || review === "past");
      row.hidden = !(fits && wanted.every((word) => own.includes(word)));
      shown += row.hidden ? 0 : 1;
    });
    table.append(...rows);
    const count = place().querySelector(".sp-library-count");
    count.textContent = count.dataset.words.replace("%1", shown).replace("%2", rows.length);
    place().querySelector(".sp-library-none").hidden = shown > 0;
  }

  function changed(event) {
    const form = event.target.closest?.(".sp-library-filters[role=search]");
    if (!form) return;
    Object.assign(filters, Object.fromEntries(["words", "tier", "sort"].map((name) => [name, form.elements[name].value])));
    filters.past = form.elements.past.checked;
    filter();
  }

  document.addEventListener("input", changed);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".sp-library-filters");
    if (!form) return;
    event.preventDefault();
    if ("compare" in form.dataset) {
      location.hash = new URLSearchParams({ view: "changes", edition: form.elements.with.value });
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("#sp-library-view [data-send]") : null;
    if (button) send(button);
  });
  addEventListener("hashchange", () => place() && show(true));

  // Gradio draws the page some time after the script was read.
  const waiting = new MutationObserver(() => {
    if (!place()) return;
    waiting.disconnect();
    show(false);
  });
  if (location.pathname === "/library") waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
