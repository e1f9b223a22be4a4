// The conversations that this browser keeps, and nobody else. A tab has its own in its session storage, a list of
// turns {number, question, answer}, so that two tabs never mix; all of them, {id, turns}, stand in the local storage.
window.signpostTalk = (() => {
  "use strict";
  const NAME = "signpost.talk";
  const TALKS = "signpost.talks";
  const ID = "signpost.id";
  const KEEP = "signpost.keep";
  const OWNER = "signpost.owner";
  const MOST_TURNS = 20;
  const MOST_TALKS = 30;
  const MOST_CHARS = 4 * 1024 * 1024;
  let turns = [];
  let owner = "";
  let id = "";

  // Storage may be full, or closed to the page; the conversation then lives as long as the page.
  const safely = (work) => { try { return work(); } catch { return null; } };
  const get = (store, name) => safely(() => window[store].getItem(name));
  const set = (store, name, value) => safely(() => { window[store].setItem(name, value); return true; });
  const drop = (store, name) => safely(() => window[store].removeItem(name));

  const keeps = () => get("localStorage", KEEP) !== "no";
  const plain = () => turns.filter((one) => one.answer && !one.answer.signposting && !one.library);
  const fresh = () => `${Date.now()}${Math.random()}`;

  function read(store, name) {
    const found = safely(() => JSON.parse(get(store, name)));
    return Array.isArray(found) ? found : null;
  }

  const sound = (some) => some?.filter((one) => Number.isInteger(one?.number)) ?? null;
  const list = () => (read("localStorage", TALKS) ?? []).filter((one) => one?.id && one.turns?.[0]?.question);

  function forget() {
    for (const store of ["sessionStorage", "localStorage"]) [NAME, TALKS, ID].forEach((name) => drop(store, name));
  }

  // Whose each copy is stands beside it: a tab may have been left open by somebody else.
  const belongs = (name) => ["sessionStorage", "localStorage"].every((store) => (get(store, OWNER) ?? name) === name);

  function here() {
    set("sessionStorage", OWNER, owner);
    set("sessionStorage", ID, id);
    return set("sessionStorage", NAME, JSON.stringify(plain().slice(-MOST_TURNS)));
  }

  function write() {
    if (!keeps()) return;
    set("localStorage", OWNER, owner);
    // What met a reviewed text, may be no policy question, or holds words of a library is not written down.
    let kept = [{ id, turns: plain() }, ...list().filter((one) => one.id !== id)].filter((one) => one.turns.length).slice(0, MOST_TALKS);
    const fits = (text) => text.length <= MOST_CHARS && here() && set("localStorage", TALKS, text);
    while (!fits(JSON.stringify(kept)) && kept.length) {
      if (kept.length > 1) kept.pop();
      else turns = turns.slice(1), kept = turns.length ? [{ id, turns: plain() }] : [];
    }
  }

  return {
    MOST_TURNS,
    keeps,
    list,
    all: () => turns,
    isOpen: (one) => one === id,
    find: (number) => turns.find((one) => one.number === number),
    // What an earlier visit left, unless somebody else was signed in.
    load(name) {
      owner = name;
      if (!keeps() || !belongs(name)) forget();
      const [last] = list();
      turns = sound(read("sessionStorage", NAME));
      id = (turns ? get("sessionStorage", ID) : last?.id) || fresh();
      turns = (turns ?? sound(last?.turns) ?? []).slice(-MOST_TURNS);
      if (turns.length) here();
      return turns;
    },
    add(turn) {
      // Where another tab went on with it, this one goes on with a conversation of its own.
      const stored = list().find((one) => one.id === id);
      if (stored && stored.turns.length !== plain().length) id = fresh();
      turns = [...turns, turn].slice(-MOST_TURNS);
      write();
    },
    // Written only where it changes something: another tab may have added to its own since.
    only(numbers) {
      const found = turns.filter((one) => numbers.has(one.number));
      if (found.length === turns.length) return;
      turns = found;
      write();
    },
    // An empty list stays with the tab, so that loading it anew does not bring the old one back.
    open(wanted = "") {
      turns = sound(list().find((one) => one.id === wanted)?.turns) ?? [];
      id = turns.length ? wanted : fresh();
      if (keeps()) here();
      return turns;
    },
    remove(wanted) {
      set("localStorage", TALKS, JSON.stringify(list().filter((one) => one.id !== wanted)));
    },
    // Told to the other tabs by the change itself.
    clear() {
      turns = [];
      forget();
      set("localStorage", "signpost.cleared", String(Date.now()));
    },
    keep(on) {
      set("localStorage", KEEP, on ? "yes" : "no");
      if (on) write();
      else forget();
    },
    // Another tab cleared the history, or switched keeping off.
    onchange(told) {
      window.addEventListener("storage", (event) => {
        if (event.key === "signpost.cleared" || event.key === null) {
          turns = [];
          forget();
          told("cleared");
        } else if (event.key === KEEP) {
          if (!keeps()) drop("sessionStorage", NAME);
          told("keep");
        } else if (event.key === TALKS) told("talks");
      });
    },
  };
})();
