// The picture of the framework: searched as one types, each item opened beside it and kept in the address. Listens on the
// document, since Gradio draws the picture after this has run.
(() => {
  "use strict";
  const words = window.signpostWords;
  const one = (selector) => document.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const whole = () => one("#sp-framework");
  const panel = () => one("#sp-framework-panel");
  const box = () => one("#sp-framework-query");
  const cells = () => all("#sp-framework .sp-framework-cell");
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const fold = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  let untitled = "";

  // Search
  let haystacks = null;
  let terms = null;
  function prepare() {
    haystacks ??= new Map(cells().map((cell) => [cell, ` ${fold(`${cell.textContent} ${cell.dataset.more}`)} `]));
    terms ??= new Map(
      all("i", one("#sp-framework-terms").content).flatMap((term) =>
        term.dataset.words.split("|").map((word) => [word, term]),
      ),
    );
  }

  // A word is found by its beginning; what has a digit in it only whole, so that 1 is not 12.
  const has = (haystack, token) => haystack.includes(/\d/.test(token) ? ` ${token} ` : ` ${token}`);

  function tokensOf(query) {
    const small = new Set(words.framework_small.split(" "));
    const tokens = query.split(" ").filter(Boolean);
    const telling = tokens.filter((token) => !small.has(token));
    return telling.length ? telling : tokens;
  }

  function search() {
    prepare();
    const typed = box().value.trim();
    const query = fold(typed);
    const tokens = tokensOf(query);
    const term = terms.get(query);
    const meant = new Set(term?.dataset.items.split(" ") ?? []);
    let found = 0;
    cells().forEach((cell) => {
      const stays = !typed || (query !== "" && tokens.every((token) => has(haystacks.get(cell), token))) || meant.has(cell.dataset.id);
      cell.classList.toggle("sp-framework-gone", !stays);
      found += stays;
    });
    all(".sp-framework-group").forEach((group) => {
      const left = group.querySelector(".sp-framework-cell:not(.sp-framework-gone)");
      group.classList.toggle("sp-framework-gone", Boolean(typed) && !left);
    });
    whole().classList.toggle("sp-framework-searching", Boolean(typed));
    all(".sp-framework-pillar").forEach((pillar) => {
      const left = pillar.querySelector(".sp-framework-cell:not(.sp-framework-gone)");
      pillar.classList.toggle("sp-framework-gone", !left);
      if (typed) unfold(pillar, Boolean(left));
    });
    const total = cells().length;
    one("#sp-framework-count").textContent = typed
      ? filled(words.framework_count, { n: found, total })
      : filled(words.framework_all, { total });
    tellTerm(typed, term);
    tellNothing(typed, Boolean(typed) && !found);
  }

  function tellTerm(typed, term) {
    const told = one("#sp-framework-term");
    const other = term && (term.hasAttribute("data-avoid") || !fold(term.textContent).includes(fold(typed)));
    told.hidden = !other;
    if (!other) return;
    const said = term.hasAttribute("data-avoid") ? words.framework_avoid : words.framework_taken;
    const shown = term.dataset.items ? ` ${words.framework_shown}` : "";
    told.textContent = filled(said, { word: typed, preferred: term.textContent }) + shown;
  }

  function tellNothing(typed, none) {
    const told = one("#sp-framework-nothing");
    told.hidden = !none;
    told.querySelector("strong").textContent = `\u201c${typed}\u201d`;
    told.querySelector("a").href = `/#q=${encodeURIComponent(typed)}`;
  }

  function unfold(pillar, open) {
    pillar.classList.toggle("sp-framework-unfolded", open);
    pillar.querySelector(".sp-framework-fold").setAttribute("aria-expanded", String(open));
  }

  // Items
  const wanted = () => new URLSearchParams(location.search).get("item") ?? "";
  const idOf = (link) => new URLSearchParams(link.search).get("item");
  const templates = () => all("#sp-framework template[data-detail]");
  const last = (id) => id.split(":").at(-1).toLowerCase();

  // An item is found by its id, with or without the source in front, in small or large letters.
  function templateOf(asked) {
    const known = templates().filter((template) => template.dataset.detail);
    return (
      known.find((template) => template.dataset.detail.toLowerCase() === asked.toLowerCase()) ??
      known.find((template) => !asked.includes(":") && last(template.dataset.detail) === asked.toLowerCase())
    );
  }

  const linkTo = (id) => cells().find((cell) => cell.dataset.id === id)?.querySelector("a");

  function fill(template, asked) {
    const body = panel().querySelector(".sp-framework-body");
    body.replaceChildren(template.content.cloneNode(true));
    panel().querySelector("h3").textContent = template.dataset.title;
    const notes = new Map(all("#sp-framework template[data-note]").map((note) => [note.dataset.note, note]));
    all("li[data-note]", body).forEach((slot) => slot.append(notes.get(slot.dataset.note).content.cloneNode(true)));
    all("a[data-ask]", body).forEach((link) => (link.href = `/#q=${encodeURIComponent(link.dataset.ask || link.textContent)}`));
    const ask = panel().querySelector(".sp-framework-ask");
    ask.hidden = !template.dataset.ask;
    ask.href = `/#q=${encodeURIComponent(template.dataset.ask)}`;
    const today = new Date().toISOString().slice(0, 10);
    all("[data-review]", body).forEach((mark) => (mark.hidden = mark.dataset.review >= today));
    if (!template.dataset.detail) body.querySelector("strong").textContent = `\u201c${asked}\u201d`;
    panel().querySelector(".sp-framework-copy").hidden = !template.dataset.detail;
  }

  function mark(id) {
    const tied = new Set(id ? all(".sp-framework-ties a", panel()).map(idOf) : []);
    cells().forEach((cell) => {
      cell.classList.toggle("sp-framework-tied", tied.has(cell.dataset.id));
      const link = cell.querySelector("a");
      if (id && cell.dataset.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function show(asked, focus) {
    const template = templateOf(asked) ?? one('#sp-framework template[data-detail=""]');
    fill(template, asked);
    if (!panel().classList.contains("sp-framework-open")) untitled = document.title;
    panel().classList.add("sp-framework-open");
    panel().parentElement.classList.add("sp-framework-reading");
    mark(template.dataset.detail);
    document.title = `${template.dataset.title} \u2013 ${untitled}`;
    const link = linkTo(template.dataset.detail);
    const pillar = link?.closest(".sp-framework-pillar");
    if (pillar) unfold(pillar, true);
    link?.scrollIntoView({ block: "nearest" });
    panel().scrollTop = 0;
    if (focus) panel().focus({ preventScroll: true });
  }

  function hide(focus) {
    if (!panel().classList.contains("sp-framework-open")) return;
    const current = one("#sp-framework .sp-framework-cell a[aria-current]");
    panel().classList.remove("sp-framework-open");
    panel().parentElement.classList.remove("sp-framework-reading");
    mark("");
    document.title = untitled;
    if (!focus) return;
    // Where the item is folded away by a search, the box is next to it.
    if (current?.checkVisibility()) current.focus();
    else box().focus();
  }

  const follow = (focus) => (wanted() ? show(wanted(), focus) : hide(focus));

  function go(id) {
    const address = new URL(location.href);
    address.searchParams.delete("item");
    // A colon in a query needs no escape, and ids read better with it.
    const query = id ? `?item=${encodeURIComponent(id).replaceAll("%3A", ":")}` : "";
    if (id !== wanted()) history.pushState(null, "", `${address.pathname}${query}`);
    follow(true);
  }

  async function copy() {
    const told = (await window.signpostCopy(location.href)) ? words.framework_copied : words.framework_not_copied;
    window.signpostAnnounce(told);
    const button = panel().querySelector(".sp-framework-copy");
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    button.textContent = told;
    setTimeout(() => (button.textContent = label), 3000);
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!whole() || !target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = target.closest('.gradio-container a[href*="?item="]');
    const toggle = target.closest(".sp-framework-fold");
    if (link) {
      event.preventDefault();
      go(idOf(link));
    } else if (toggle) {
      const pillar = toggle.closest(".sp-framework-pillar");
      unfold(pillar, !pillar.classList.contains("sp-framework-unfolded"));
    } else if (target.closest(".sp-framework-close")) go("");
    else if (target.closest(".sp-framework-copy")) copy();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !whole()) return;
    if (event.target === box() && box().value) {
      event.preventDefault();
      box().value = "";
      search();
    } else if (panel().classList.contains("sp-framework-open")) go("");
  });

  document.addEventListener("input", (event) => event.target === box() && whole() && search());
  window.addEventListener("popstate", () => whole() && follow(true));

  // Gradio's own button does not say whether its part is open.
  function tellOpen() {
    const button = one("#sp-framework-coverage > button");
    const open = String(Boolean(button?.nextElementSibling?.checkVisibility()));
    if (button && button.getAttribute("aria-expanded") !== open) button.setAttribute("aria-expanded", open);
  }

  // A picture of numbers says little to who cannot see it; the table does.
  function label() {
    const plot = one("#sp-framework-plot .js-plotly-plot");
    if (!plot || plot.hasAttribute("role")) return;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", words.framework_picture);
  }

  let drawn = null;
  function begin() {
    if (!whole()) return;
    label();
    tellOpen();
    if (drawn === whole()) return;
    drawn = whole();
    haystacks = terms = null;
    // Of a style sheet Gradio keeps no rule on sheets of paper, nor one on its own frame in print.
    const sheet = document.createElement("style");
    sheet.textContent = "@page { size: landscape; margin: 8mm; } @media print { body, gradio-app, .gradio-container { background: #fff !important; } .gradio-container > .main { padding: 0 !important; } .gradio-container .column { gap: 0 !important; } }";
    document.head.append(sheet);
    search();
    follow(false);
  }
  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["style"] });
  begin();
})();
