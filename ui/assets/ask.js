// The Ask workspace: sends a question, lets its answer grow, draws kept turns again. The
// conversation stands in #sp-reply, which Gradio leaves alone; answers come as HTML that the server
// has just drawn.
const { talk } = page;
const SLOW = 5000;
let number = 0;
let asked = null;
let timer = 0;
let sending = false;
// Of the answer that a language model is wording: its token, since when; what was asked meanwhile.
let token = "";
let since = 0;
let clock = 0;
let queued = null;
// Whether the asker says that what was withheld is a policy question; for one sending.
let policy = false;

const box = () => find("#sp-question textarea");
const place = () => find("#sp-reply");
const turns = () => findAll(":scope > .sp-turn", place());
const numberOf = (section) => Number(section.dataset.number);
const changed = () => document.dispatchEvent(new Event("signpost:talk"));

// The state at the end of the conversation: on its way, or a problem.
function show(state) {
  findAll(":scope > .sp-state", place()).forEach((one) => one.remove());
  if (!state) return;
  place().append(state);
  state.scrollIntoView({ block: "nearest" });
  if (state.dataset.announce) announce(state.dataset.announce);
}

function trouble(sentence) {
  show(made("div", "sp-state sp-error", [made("h2", "", words.problem), made("p", "", sentence)]));
  announce(sentence);
}

function slow() {
  find(".sp-loading", place())?.append(made("p", "sp-aside", words.slow));
  announce(words.slow);
}

function put(section) {
  const after = turns().find((one) => numberOf(one) > numberOf(section));
  place().insertBefore(section, after ?? find(":scope > .sp-state", place()));
  turns().slice(0, -talk.MOST_TURNS).forEach((one) => one.remove());
}

function read(section) {
  const heading = find(".sp-question", section);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: "start" });
}

function typed(text) {
  box().value = text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

function ask(text) {
  typed(text);
  // Gradio takes over what was typed in its next turn; only then may the button be pressed.
  setTimeout(() => find("#sp-ask").click(), 50);
}

const stop = () => token && post("/api/ask/stop", { token });

// The line under an answer that is being worded says for how long; nobody knows how much longer.
function count() {
  const seconds = Math.round((Date.now() - since) / 1000);
  find(".sp-elapsed")?.replaceChildren(words.elapsed.replace("{n}", seconds));
}

function worded(state) {
  if (!state || token) return;
  token = state.dataset.stop;
  if (!asked) return stop();
  announce(state.dataset.announce);
  clock = setInterval(count, 1000);
  // The box is free for what is to be asked next.
  if (box()?.value === asked.text) typed("");
}

function quiet() {
  clearTimeout(timer);
  clearInterval(clock);
  asked = null;
}

// The server is done with a question, well or badly.
function over() {
  quiet();
  sending = false;
  token = "";
  if (queued !== null) setTimeout(ask, 0, queued);
  queued = null;
}

function emptied() {
  stop();
  quiet();
  number = 0;
  place().replaceChildren();
  changed();
}

// Gradio sends no question while it waits for an answer: what is asked meanwhile is sent after it,
// and stops the wording, if there is any.
function meanwhile(event) {
  const { type, key, target } = event;
  const enter = target === box() && key === "Enter" && !event.shiftKey && !event.isComposing;
  if (!sending || !(type === "click" ? target.closest?.("#sp-ask") : enter)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const text = box().value;
  if (!text.trim() || (!token && text === asked?.text)) return;
  queued = text;
  stop();
}

for (const pressed of ["click", "keydown"]) on(pressed, meanwhile, true);

// A question that a language model read goes on as it was read, and is not read anew.
const said = ({ question, answer }) =>
  (answer?.provenance?.rewriting?.cause === "" ? answer.resolved_question : question);

// Called by Gradio: before a question is sent, whenever its answer has grown, at its end, and where
// it met a fault.
window.signpostSends = (text) => {
  asked = { text: text ?? "", turn: null };
  sending = true;
  since = Date.now();
  const told = [made("h2", "sp-question", asked.text), made("p", "", words.sending)];
  show(made("div", "sp-state sp-loading", told));
  clearTimeout(timer);
  timer = setTimeout(slow, SLOW);
  const [earlier, filters] = [talk.all().map(said).filter(Boolean), page.filters()];
  const library = find("#sp-library-asked").value;
  const along = { turns: earlier, number: number + 1, filters, policy, library };
  policy = false;
  return [text, JSON.stringify(along)];
};

window.signpostGrows = (html) => {
  const fresh = parsed(html).body.firstElementChild;
  if (!fresh) return;
  if (sending) worded(find(".sp-wording", fresh));
  if (!asked) return;
  if (!fresh.matches(".sp-turn")) {
    if (fresh.matches(".sp-error")) clearTimeout(timer);
    show(fresh);
  } else if (asked.turn) {
    const stopped = document.activeElement?.closest(".sp-wording");
    page.grow(asked.turn, fresh);
    if (stopped && !stopped.isConnected) {
      // Whoever pressed what is gone now goes on at what became of it.
      const next = find(".sp-worded", asked.turn) ?? find(".sp-question", asked.turn);
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
    }
  } else {
    clearTimeout(timer);
    show(null);
    asked.turn = fresh;
    number += 1;
    put(fresh);
    read(fresh);
  }
  count();
};

window.signpostAnswered = (now, html, record) => {
  window.signpostGrows(html);
  const turn = asked?.turn;
  if (turn) {
    if (record) talk.add(JSON.parse(record));
    announce(find(".sp-reply", turn)?.dataset.announce ?? "");
    changed();
  }
  // A message that was withheld stays in the box as a draft, which nobody else sees.
  const isKept = !turn || now !== asked.text || find(".sp-draft", turn);
  over();
  return isKept ? now : "";
};

window.signpostBroke = () => {
  trouble(navigator.onLine ? page.problem() || words.fault : words.offline);
  // What was shown stays, and says that it is no whole; its question stands in the box again.
  const state = asked?.turn && find(".sp-wording", asked.turn);
  state?.replaceWith(made("p", "sp-warning", words.unfinished));
  if (state && queued === null && !box().value) typed(asked.text);
  over();
};

async function restore(left) {
  number = left.at(-1)?.number ?? 0;
  if (!left.length) return;
  place().append(made("p", "sp-state sp-fetching", words.fetching));
  const answer = await post("/api/ask/restored", left);
  const sections = answer?.ok ? [...parsed(await answer.text()).body.children] : [];
  sections.forEach(put);
  find(".sp-fetching", place())?.remove();
  if (answer?.ok) talk.only(new Set(sections.map(numberOf)));
  else trouble(words.not_fetched);
  findAll(".sp-turn .sp-question", place()).at(-1)?.scrollIntoView({ block: "start" });
}

// `#q=QUESTION` asks it, unless the conversation holds it; it does not stay in the address.
function follow() {
  if (!location.hash.startsWith("#q=")) return;
  const typed = location.hash.slice(3).replaceAll("+", " ");
  const text = safely(() => decodeURIComponent(typed).trim());
  history.replaceState(null, "", location.pathname + location.search);
  if (!text) return;
  const isIt = (one) => [one.question, one.answer?.resolved_question].includes(text);
  const held = talk.all().findLast(isIt);
  const section = held && turns().find((one) => numberOf(one) === held.number);
  return section ? read(section) : ask(text);
}

// Earlier conversations by their first question and its day, each opened or deleted.
function listTalks() {
  const lang = document.documentElement.lang.replace(/^en$/, "en-GB");
  const button = (act, name, value, more) =>
    made("button", "", name, { type: "button", value, dataset: { act }, ...more });
  const items = talk.list().map(({ id, turns: [{ question, answer }] }) => {
    const time = new Date(answer?.provenance?.time);
    return made("li", "", [
      button("open", question, id, { ariaCurrent: talk.isOpen(id) ? "true" : null }),
      made("span", "sp-aside", time.toLocaleDateString(lang, { dateStyle: "medium" })),
      button("remove", words.ask_delete, id, { ariaLabel: `${words.ask_delete}: ${question}` }),
    ]);
  });
  if (!items.length) items.push(made("li", "sp-aside", words.ask_none));
  find("#sp-ask-history ul").replaceChildren(...items);
}

onClick(".sp-policy", () => {
  if (!box()?.value.trim()) return;
  policy = true;
  ask(box().value);
});
onClick("button.sp-ask", (button) => ask(button.dataset.question ?? button.textContent));
onClick(".sp-wording [data-act=stop]", stop);
onClick("#sp-ask-after [data-act]", ({ value, dataset: { act } }) => {
  if (["clear", "remove"].includes(act) && !confirm(words.ask_sure)) return;
  const opens = ["anew", "open"].includes(act);
  const isGone = act === "clear" || (act === "remove" && talk.isOpen(value));
  if (act === "clear") talk.clear();
  if (act === "remove") {
    talk.remove(value);
    changed();
  }
  if (!(isGone || opens) || find(".sp-fetching")) return;
  const left = act === "clear" ? [] : talk.open(act === "open" ? value : "");
  emptied();
  restore(left);
  if (opens) find("#sp-ask-history").open = false;
  box().focus();
  if (act === "clear") announce(words.cleared);
});

on("change", ({ target }) => {
  if (target.id !== "sp-ask-keep") return;
  talk.keep(target.checked);
  listTalks();
});

talk.onchange((cleared) => {
  if (!place()) return;
  if (cleared) emptied();
  else listTalks();
  find("#sp-ask-keep").checked = talk.keeps();
});

// A page of a document that was not kept, or was removed since.
on("error", ({ target }) => target.closest?.(".sp-page")?.replaceChildren(words.no_picture), true);

async function start() {
  find("#sp-ask-keep").checked = talk.keeps();
  on("signpost:talk", listTalks);
  const me = await page.me;
  // Which libraries its reader may see, the page learns from the server.
  const names = me?.libraries ?? [];
  find("#sp-library-asked").append(...names.map((one) => new Option(one, one)));
  find("#sp-library-choice").hidden = !names.length;
  // Where it is not known who reads, nothing is shown, and nothing thrown away.
  if (me) await restore(talk.load(me.name));
  changed();
  follow();
  addEventListener("hashchange", follow);
  place().dataset.ready = "yes";
}

const watch = new MutationObserver(() => {
  if (!place() || !box() || !find("#sp-ask")) return;
  watch.disconnect();
  // Gradio listens to its buttons a turn later than it draws them.
  setTimeout(start, 0);
});
watch.observe(document.documentElement, { childList: true, subtree: true });
