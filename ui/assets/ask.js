// The Ask workspace: sends a question, lets its answer grow, draws kept turns again. The conversation stands
// in #sp-reply, which Gradio leaves alone; answers come as HTML that the server has just drawn.
(() => {
  "use strict";
  const words = window.signpostWords;
  const talk = window.signpostTalk;
  const SLOW = 5000;
  const MOST_SENT = 180 * 1024;
  let number = 0;
  let asked = null;
  let timer = 0;
  let batch = [];
  let drawn = null;
  let sending = false;
  // Of the answer that a language model is wording: its token, when it was asked for, and what was asked meanwhile.
  let token = "";
  let since = 0;
  let clock = 0;
  let queued = null;
  // Whether the asker says that what was withheld is a policy question; for one sending.
  let policy = false;

  const box = () => document.querySelector("#sp-question textarea");
  const place = () => document.getElementById("sp-reply");
  const turns = () => [...document.querySelectorAll("#sp-reply > .sp-turn")];
  const tell = (text) => window.signpostAnnounce(text);
  const made = window.signpostMade;

  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html ?? "";
    return [...template.content.children];
  }

  // The state at the end of the conversation: on its way, or a problem.
  function show(state) {
    document.querySelectorAll("#sp-reply > .sp-state").forEach((one) => one.remove());
    if (!state) return;
    place().append(state);
    state.scrollIntoView({ block: "nearest" });
    if (state.dataset.announce) tell(state.dataset.announce);
  }

  function trouble(sentence) {
    const state = made("div", "sp-state sp-error");
    state.append(made("h2", "", words.problem), made("p", "", sentence));
    state.dataset.announce = sentence;
    show(state);
  }

  function slow() {
    const state = document.querySelector("#sp-reply > .sp-loading");
    if (!state) return;
    state.append(made("p", "sp-aside", words.slow));
    tell(words.slow);
  }

  function put(section) {
    const after = turns().find((one) => Number(one.dataset.number) > Number(section.dataset.number));
    place().insertBefore(section, after ?? document.querySelector("#sp-reply > .sp-state"));
    const all = turns();
    all.slice(0, Math.max(0, all.length - talk.MOST_TURNS)).forEach((one) => one.remove());
  }

  function read(section) {
    const heading = section.querySelector(".sp-question");
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: "start" });
  }

  function ask(text) {
    const button = document.querySelector("#sp-ask");
    if (!box() || !button) return;
    typed(text);
    // Gradio takes over what was typed in its next turn; only then may the button be pressed.
    setTimeout(() => button.click(), 50);
  }

  function typed(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The line under an answer that is being worded says for how long; nobody knows how long it will take.
  function count() {
    const place = document.querySelector(".sp-elapsed");
    if (place) place.textContent = words.elapsed.replace("{n}", Math.round((Date.now() - since) / 1000));
  }

  function worded(state) {
    if (!state || token) return;
    token = state.dataset.stop;
    if (!asked) return stop();
    tell(state.dataset.announce);
    clock = setInterval(count, 1000);
    // The box is free for what is to be asked next.
    if (box()?.value === asked.text) typed("");
  }

  // Whoever pressed what is gone now goes on at what became of it.
  function goOn(turn) {
    const place = turn.querySelector(".sp-worded") ?? turn.querySelector(".sp-question");
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }

  function stop() {
    if (token) window.signpostPost("/api/ask/stop", { token });
  }

  // The server is done with a question, well or badly.
  function over() {
    clearTimeout(timer);
    clearInterval(clock);
    sending = false;
    token = "";
    asked = null;
    const text = queued;
    queued = null;
    if (text !== null) setTimeout(ask, 0, text);
  }

  // Gradio sends no question while it waits for an answer: what is asked while one is worded stops that, and is sent after it.
  function meanwhile(event) {
    const target = event.target instanceof Element ? event.target : null;
    const pressed = event.type === "click" ? target?.closest("#sp-ask") : target === box() && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!token || !pressed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!box().value.trim()) return;
    queued = box().value;
    stop();
  }

  document.addEventListener("click", meanwhile, true);
  document.addEventListener("keydown", meanwhile, true);
  // A question that a language model read goes on as it was read, and is not read anew.
  const said = ({ question, answer }) =>
    answer?.provenance?.rewriting?.cause === "" ? answer.resolved_question : question;

  // Called by Gradio: before a question is sent, whenever its answer has grown, at its end, and where it met a fault.
  window.signpostSends = (text) => {
    asked = { text: text ?? "", turn: null };
    sending = true;
    since = Date.now();
    const state = made("div", "sp-state sp-loading");
    state.append(made("h2", "sp-question", asked.text), made("p", "", words.sending));
    show(state);
    clearTimeout(timer);
    timer = setTimeout(slow, SLOW);
    const earlier = talk.all().map(said).filter(Boolean);
    const library = document.getElementById("sp-library-asked")?.value ?? "";
    const along = { turns: earlier, number: number + 1, filters: window.signpostFilters(), policy, library };
    policy = false;
    return [text, JSON.stringify(along)];
  };

  window.signpostGrows = (html) => {
    const [fresh] = parsed(html);
    if (sending) worded(fresh?.querySelector(".sp-wording"));
    if (!fresh || !asked) return;
    if (!fresh.matches(".sp-turn")) {
      if (fresh.matches(".sp-error")) clearTimeout(timer);
      show(fresh);
    } else if (asked.turn) {
      const stopped = document.activeElement?.closest(".sp-wording");
      window.signpostGrow(asked.turn, fresh);
      if (stopped && !stopped.isConnected) goOn(asked.turn);
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
      const told = turn.querySelector(".sp-reply")?.dataset.announce;
      if (told) tell(told);
      changed();
    }
    // A message that was withheld stays in the box as a draft, which nobody else sees.
    const draft = turn?.querySelector(".sp-draft");
    const kept = turn && now === asked.text && !draft ? "" : now;
    over();
    return kept;
  };

  window.signpostBroke = () => {
    trouble(navigator.onLine ? window.signpostProblem() || words.fault : words.offline);
    // What was shown of an answer stays, and says that it is no whole; its question stands in the box again.
    const state = asked?.turn?.querySelector(".sp-wording");
    state?.replaceWith(made("p", "sp-warning", words.unfinished));
    if (state && queued === null && !box().value) typed(asked.text);
    over();
  };

  // Called by Gradio: for kept turns to be drawn, and with what was drawn.
  window.signpostStored = () => JSON.stringify(batch);
  window.signpostDrawn = (html) => drawn?.(html);

  // As many kept turns as one call may hold, at least one.
  function next(left) {
    let count = 1;
    while (count < left.length && new Blob([JSON.stringify(JSON.stringify(left.slice(0, count + 1)))]).size < MOST_SENT) count += 1;
    return left.slice(0, count);
  }

  async function restore(left) {
    number = left.at(-1)?.number ?? 0;
    if (!left.length) return;
    place().append(made("p", "sp-state sp-fetching", words.fetching));
    const shown = new Set();
    let failed = false;
    while (left.length && !failed) {
      batch = next(left);
      left = left.slice(batch.length);
      const html = await new Promise((resolve) => {
        drawn = resolve;
        document.getElementById("sp-ask-restore").click();
      });
      failed = html === null;
      for (const section of parsed(html)) {
        shown.add(Number(section.dataset.number));
        put(section);
      }
    }
    document.querySelector(".sp-fetching")?.remove();
    if (failed) trouble(words.not_fetched);
    else talk.only(shown);
    turns().at(-1)?.querySelector(".sp-question")?.scrollIntoView({ block: "start" });
  }

  // `#q=QUESTION` asks it, unless the conversation holds it; it does not stay in the address.
  function follow() {
    if (!location.hash.startsWith("#q=")) return;
    let text = "";
    try { text = decodeURIComponent(location.hash.slice(3).replaceAll("+", " ")).trim(); } catch { /* no question */ }
    history.replaceState(null, "", location.pathname + location.search);
    if (!text) return;
    const held = talk.all().findLast((one) => [one.question, one.answer?.resolved_question].includes(text));
    const section = held && turns().find((one) => Number(one.dataset.number) === held.number);
    if (section) read(section);
    else ask(text);
  }

  // Earlier conversations by their first question and its day, each opened or deleted.
  function listTalks() {
    const button = (act, name, value, more) => {
      const element = made("button", "", name, { type: "button", value, ...more });
      return Object.assign(element.dataset, { act }) && element;
    };
    const items = talk.list().map(({ id, turns: [first] }) => {
      const item = made("li");
      const { lang } = document.documentElement;
      const day = new Date(first.answer?.provenance?.time).toLocaleDateString(lang === "en" ? "en-GB" : lang, { dateStyle: "medium" });
      item.append(button("open", first.question, id, talk.isOpen(id) ? { ariaCurrent: "true" } : {}), made("span", "sp-aside", day));
      item.append(button("remove", words.ask_delete, id, { ariaLabel: `${words.ask_delete}: ${first.question}` }));
      return item;
    });
    document.querySelector("#sp-ask-history ul").replaceChildren(...(items.length ? items : [made("li", "sp-aside", words.ask_none)]));
  }

  function emptied() {
    stop();
    number = 0;
    asked = null;
    clearTimeout(timer);
    clearInterval(clock);
    place().replaceChildren();
    changed();
  }

  const changed = () => document.dispatchEvent(new CustomEvent("signpost:talk"));

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const question = target?.closest("button.sp-ask");
    const chosen = target?.closest("#sp-ask-after [data-act]");
    const act = chosen?.dataset.act;
    if (target?.closest(".sp-policy") && box()?.value.trim()) {
      policy = true;
      ask(box().value);
    }
    if (question) ask(question.dataset.question ?? question.textContent);
    if (target?.closest(".sp-wording [data-act=stop]")) stop();
    if (act === "remove") talk.remove(chosen.value);
    if (act === "clear") talk.clear();
    const gone = act === "clear" || (act === "remove" && talk.isOpen(chosen.value));
    if (act === "remove") changed();
    if (document.querySelector(".sp-fetching") || !(gone || ["anew", "open"].includes(act))) return;
    const left = act === "clear" ? [] : talk.open(act === "open" ? chosen.value : "");
    emptied();
    if (left.length) restore(left);
    if (act === "anew" || act === "open") document.getElementById("sp-ask-history").open = false;
    box()?.focus();
    if (act === "clear") tell(words.cleared);
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "sp-ask-keep") return;
    talk.keep(event.target.checked);
    listTalks();
  });

  talk.onchange((what) => {
    if (!place()) return;
    if (what === "cleared") emptied();
    else listTalks();
    const tick = document.getElementById("sp-ask-keep");
    if (tick) tick.checked = talk.keeps();
  });

  const ready = () => place() && box() && document.querySelector("#sp-ask") && document.getElementById("sp-ask-restore");

  // A page of a document that was not kept, or was removed since.
  document.addEventListener("error", ({ target }) => target.closest?.(".sp-page")?.replaceChildren(words.no_picture), true);

  // Which libraries its reader may see, the page learns from the server.
  async function offer() {
    const names = (await window.signpostMe)?.libraries ?? [];
    const select = document.getElementById("sp-library-asked");
    select.append(...names.map((name) => new Option(name, name)));
    document.getElementById("sp-library-choice").hidden = !names.length;
  }

  async function start() {
    offer();
    document.getElementById("sp-ask-keep").checked = talk.keeps();
    document.addEventListener("signpost:talk", listTalks);
    const me = await window.signpostMe;
    // Where it is not known who reads, nothing is shown, and nothing thrown away.
    if (me) await restore(talk.load(me.name));
    changed();
    follow();
    window.addEventListener("hashchange", follow);
    place().dataset.ready = "yes";
  }

  if (location.pathname !== "/") return;
  const watch = new MutationObserver(() => {
    if (!ready()) return;
    watch.disconnect();
    // Gradio listens to its buttons a turn later than it draws them.
    setTimeout(start, 0);
  });
  watch.observe(document.documentElement, { childList: true, subtree: true });
})();
