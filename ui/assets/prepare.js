// The Prepare workspace. The browser holds the request and the edits; each change is sent with all before
// it, and what the server accepts stands at the root of the session that comes back and is kept here.
window.signpostPrepare = (() => {
  "use strict";
  const words = window.signpostWords;
  const KEY = "signpost.session";
  const MOST_UNDONE = 30;
  const SHOWN = ".sp-prepare[data-plan]";
  const form = () => document.getElementById("sp-prepare-request");
  const shown = () => document.querySelector(SHOWN);

  let text = "";
  // Whose session it is; another reader of this browser does not see it.
  let owner = "";
  // What the answer to what was sent is to change: whether it can be undone, and where the focus goes.
  let sending = null;
  let drawn = "";
  let late = 0;
  let handed = false;
  // Gradio makes the new page out of the old one, so what a reader opened or typed is put back after it.
  const folds = new Map();

  function stored() {
    try {
      const held = JSON.parse(localStorage.getItem(KEY) ?? "null");
      return held && typeof held.plan === "string" && Array.isArray(held.past) ? held : null;
    } catch {
      return null;
    }
  }

  function keep(held) {
    try {
      if (held) localStorage.setItem(KEY, JSON.stringify({ ...held, owner }));
      else localStorage.removeItem(KEY);
    } catch {
      // Without room in the browser the session lasts as long as the page.
    }
  }

  function send(plan, what) {
    const go = document.getElementById("sp-prepare-go");
    if (sending || !go) return;
    text = plan;
    const drafts = [...document.querySelectorAll(".sp-prepare-editor")]
      .filter((one) => one.dataset.id !== what.focus?.item)
      .map((one) => [one.dataset.id, one.querySelector("textarea").value]);
    sending = { undo: false, drafts, ...what };
    document.getElementById("sp-prepare-lost").hidden = true;
    const told = document.getElementById("sp-prepare-busy");
    late = setTimeout(() => {
      window.signpostAnnounce(words.prepare_making);
      if (told) told.hidden = false;
    }, 400);
    shown()?.setAttribute("aria-busy", "true");
    press(go, 40);
  }

  // Gradio shows its button a little before it listens to it.
  function press(go, tries) {
    handed = false;
    go.click();
    setTimeout(() => {
      if (sending && !handed && tries) press(go, tries - 1);
    }, 250);
  }

  // Gradio says nothing of a server that cannot be reached.
  addEventListener("signpost-lost", () => {
    if (!sending) return;
    settle();
    const told = document.getElementById("sp-prepare-lost");
    told.textContent = words.offline;
    told.hidden = false;
    told.scrollIntoView({ block: "nearest" });
    window.signpostAnnounce(words.offline);
  });

  function settle() {
    clearTimeout(late);
    const told = document.getElementById("sp-prepare-busy");
    if (told) told.hidden = true;
    shown()?.removeAttribute("aria-busy");
    sending = null;
  }

  // Called by Gradio.
  const sent = () => {
    handed = true;
    return text;
  };
  const failed = (html, fault) => {
    settle();
    return window.signpostFailed(html, fault);
  };

  // The form and a request.

  function asked() {
    const data = new FormData(form());
    return {
      pillars: data.getAll("pillars").map(Number),
      capabilities: data.getAll("capabilities"),
      topic: data.get("topic").trim(),
      minutes: Number(data.get("minutes")),
      audience: data.get("audience"),
      level: data.get("level"),
      parts: data.getAll("parts"),
      seed: Math.trunc(Number(data.get("seed"))) || 0,
    };
  }

  function fill(request) {
    for (const field of form().elements) {
      if (!field.name) continue;
      const value = request[field.name];
      if (field.type === "checkbox") field.checked = (value ?? []).map(String).includes(field.value);
      else if (field.type === "radio") field.checked = value === field.value;
      else if (value !== undefined) field.value = value;
    }
    count();
  }

  function count() {
    const minutes = document.getElementById("sp-prepare-minutes");
    document.getElementById("sp-prepare-minutes-shown").textContent = minutes.value;
    const n = form().querySelectorAll("[name=capabilities]:checked").length;
    const told = n ? words.prepare_chosen.replace("{n}", n) : "";
    form().querySelector(".sp-prepare-count").textContent = told;
  }

  function filter(wanted) {
    const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    for (const option of form().querySelectorAll(".sp-prepare-list .sp-prepare-option")) {
      const fits = parts.every((part) => option.textContent.toLowerCase().includes(part));
      option.hidden = !fits;
      any ||= fits;
    }
    form().querySelector(".sp-prepare-none").hidden = any;
  }

  // The session.

  function change(edit) {
    const plan = JSON.parse(shown().dataset.plan);
    plan.edits.push(edit);
    send(JSON.stringify(plan), { focus: edit });
  }

  function version() {
    const plan = JSON.parse(shown().dataset.plan);
    plan.request.seed = (plan.request.seed + 1) % 1000000;
    send(JSON.stringify({ request: plan.request, edits: [] }), {});
  }

  function undo() {
    const held = stored();
    if (!held?.past.length) {
      window.signpostAnnounce(words.prepare_nothing);
      return;
    }
    const edits = JSON.parse(held.plan).edits;
    send(held.past.at(-1), { undo: true, last: edits.at(-1) });
  }

  function clear() {
    keep(null);
    shown().remove();
    folds.clear();
    form().reset();
    count();
    form().closest("details").open = true;
    form().closest("details").querySelector("summary").focus();
    window.signpostAnnounce(words.prepare_cleared);
  }

  function edit(button) {
    const item = button.closest(".sp-prepare-item");
    if (item.querySelector(".sp-prepare-editor")) return;
    const editor = document.createElement("form");
    editor.className = "sp-prepare-editor";
    editor.dataset.id = button.dataset.id;
    const id = `sp-prepare-edit-${button.dataset.id}`;
    const label = document.createElement("label");
    label.htmlFor = id;
    label.textContent = words.prepare_words;
    const hint = document.createElement("p");
    hint.className = "sp-prepare-hint";
    hint.id = `${id}-hint`;
    hint.textContent = words.prepare_hint;
    const field = document.createElement("textarea");
    field.id = id;
    field.rows = 4;
    field.maxLength = 600;
    field.value = button.dataset.words;
    field.setAttribute("aria-describedby", hint.id);
    const save = document.createElement("button");
    save.className = "sp-prepare-primary";
    save.textContent = words.prepare_keep;
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "sp-prepare-tool sp-prepare-cancel";
    cancel.textContent = words.prepare_cancel;
    editor.append(label, hint, field, save, " ", cancel);
    item.querySelector(".sp-prepare-does").before(editor);
    item.classList.add("sp-prepare-editing");
    field.focus();
    return field;
  }

  function stopEditing(editor) {
    const item = editor.closest(".sp-prepare-item");
    editor.remove();
    item.classList.remove("sp-prepare-editing");
    item.querySelector('[data-do="reword"]').focus();
  }

  async function download(button) {
    const told = shown().querySelector(".sp-prepare-file-said");
    button.setAttribute("aria-busy", "true");
    const why = await window.signpostDownload(
      `/api/session/${button.dataset.form}`, JSON.parse(shown().dataset.plan),
    );
    button.removeAttribute("aria-busy");
    told.textContent = why;
    told.hidden = !why;
    if (!why) window.signpostAnnounce(words.prepare_saved);
  }

  // What came back.

  const named = (id, what = "") => shown().querySelector(`[data-do${what}][data-id="${CSS.escape(id)}"]`);

  function focus(what, root) {
    if (root.dataset.failed) {
      const said = root.querySelector(".sp-prepare-item .sp-prepare-said, .sp-prepare-item .sp-prepare-reply");
      said?.scrollIntoView({ block: "nearest" });
      (named(root.dataset.at, `="${what?.do}"`) ?? named(root.dataset.at))?.focus();
      // What was typed is not lost, unless it is of what nothing is kept.
      if (root.dataset.failed === "said" && what?.do === "reword") {
        const field = edit(named(what.item, '="reword"'));
        if (field) field.value = what.text;
      }
      return;
    }
    if (!what) {
      const title = root.querySelector(".sp-prepare-title");
      title.focus({ preventScroll: true });
      title.scrollIntoView({ block: "start" });
      return;
    }
    const does = what.do === "restore" ? "remove" : what.do;
    const button = named(what.item, `="${does}"`);
    // What was taken out is put back from the list under its part.
    const part = root.querySelector(`[data-part="${what.item.split("-")[0]}"]`);
    const fold = part?.querySelector(".sp-prepare-out > summary");
    const place = what.do === "remove" ? fold ?? part?.querySelector("h3") : button ?? named(what.item);
    place?.focus();
    place?.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    const root = shown();
    if (!root || root.dataset.nonce === drawn) return;
    drawn = root.dataset.nonce;
    root.querySelectorAll("details[data-fold]").forEach((one) => {
      if (folds.has(one.dataset.fold)) one.open = folds.get(one.dataset.fold);
    });
    const held = stored();
    const plan = root.dataset.plan;
    const what = sending;
    settle();
    if (what?.undo) keep({ plan, past: held.past.slice(0, -1) });
    else if (!held) keep({ plan, past: [] });
    else if (held.plan !== plan) keep({ plan, past: [...held.past, held.plan].slice(-MOST_UNDONE) });
    const undone = root.querySelector('[data-tool="undo"]');
    if (undone && !stored()?.past.length) undone.setAttribute("aria-disabled", "true");
    fill(JSON.parse(plan).request);
    form().closest("details").open = false;
    window.signpostAnnounce(what?.undo ? words.prepare_undone : root.dataset.said);
    for (const [id, words] of what?.drafts ?? []) {
      const button = named(id, '="reword"');
      if (button) edit(button).value = words;
    }
    if (what && !what.quiet) focus(what.undo ? what.last : what.focus, root);
  }

  function tell() {
    const state = document.querySelector("#sp-prepare-told [data-nonce]");
    if (!state || state.dataset.nonce === tell.last) return;
    tell.last = state.dataset.nonce;
    settle();
    if (state.dataset.forget) document.getElementById("sp-prepare-topic").value = "";
    form().closest("details").open = true;
    state.scrollIntoView({ block: "nearest" });
    form().querySelector('[type="submit"]').focus({ preventScroll: true });
    window.signpostAnnounce(state.textContent);
  }

  let began = false;
  async function begin() {
    if (began || !form() || !document.getElementById("sp-prepare-go")) return;
    began = true;
    const me = await window.signpostMe;
    if (!me) return;
    owner = me.name;
    const held = stored();
    if (held && (held.owner ?? owner) !== owner) keep(null);
    if (!held || (held.owner ?? owner) !== owner) return;
    try {
      fill(JSON.parse(held.plan).request);
    } catch {
      keep(null);
      return;
    }
    send(held.plan, { quiet: true });
  }

  document.addEventListener("submit", (event) => {
    if (event.target === form()) {
      event.preventDefault();
      send(JSON.stringify({ request: asked(), edits: [] }), {});
    } else if (event.target.matches?.(".sp-prepare-editor")) {
      event.preventDefault();
      const { id } = event.target.dataset;
      change({ do: "reword", item: id, text: event.target.querySelector("textarea").value.trim() });
    }
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest(".sp-prepare button");
    if (!button || button.getAttribute("aria-disabled") === "true" || sending) return;
    const { do: does, id, tool, form: file } = button.dataset;
    if (does === "reword") edit(button);
    else if (does) change({ do: does, item: id });
    else if (tool) ({ undo, version, clear })[tool]();
    else if (file) download(button);
    else if (button.matches(".sp-prepare-cancel")) stopEditing(button.closest(".sp-prepare-editor"));
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "sp-prepare-filter") filter(event.target.value);
    else if (form()?.contains(event.target)) count();
  });

  document.addEventListener("keydown", (event) => {
    const editor = event.target.closest?.(".sp-prepare-editor");
    if (editor && event.key === "Escape") stopEditing(editor);
    // The box that only narrows the list sends nothing.
    if (event.target.id === "sp-prepare-filter" && event.key === "Enter") event.preventDefault();
  });

  new MutationObserver(() => {
    if (!form()) return;
    begin();
    draw();
    tell();
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-nonce"],
  });

  document.addEventListener("toggle", (event) => {
    if (event.target.dataset?.fold) folds.set(event.target.dataset.fold, event.target.open);
  }, true);

  return { sent, failed, forget: () => keep(null) };
})();
