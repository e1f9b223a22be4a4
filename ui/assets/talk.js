// The conversation that this browser keeps, and nobody else. A tab has its own in its session storage,
// so that two tabs never mix; the one that was last added to also stands in the local storage, for
// a tab that is opened later. Both are lists of turns {number, question, answer}.
window.signpostTalk = (() => {
  "use strict";
  const NAME = "signpost.talk";
  const KEEP = "signpost.keep";
  const OWNER = "signpost.owner";
  const MOST_TURNS = 20;
  const MOST_CHARS = 4 * 1024 * 1024;
  let turns = [];
  let owner = "";

  // Storage may be full, or closed to the page; the conversation then lives as long as the page.
  const get = (store, name) => {
    try { return window[store].getItem(name); } catch { return null; }
  };
  const set = (store, name, value) => {
    try { window[store].setItem(name, value); return true; } catch { return false; }
  };
  const drop = (store, name) => {
    try { window[store].removeItem(name); } catch { /* nothing is kept there */ }
  };

  const keeps = () => get("localStorage", KEEP) !== "no";

  function read(store) {
    try {
      const found = JSON.parse(get(store, NAME) ?? "null");
      return Array.isArray(found) ? found.filter((one) => Number.isInteger(one?.number)) : null;
    } catch { return null; }
  }

  function forget() {
    for (const store of ["sessionStorage", "localStorage"]) drop(store, NAME);
  }

  // Whose each copy is stands beside it: a tab may have been left open by somebody else.
  const belongs = (name) => ["sessionStorage", "localStorage"].every((store) => (get(store, OWNER) ?? name) === name);

  function write() {
    if (!keeps()) return;
    for (const store of ["sessionStorage", "localStorage"]) set(store, OWNER, owner);
    // What met a reviewed text, or may be no policy question, is not written down.
    let kept = turns.filter((one) => !one.answer.signposting).slice(-MOST_TURNS);
    let text = JSON.stringify(kept);
    const fits = () => text.length <= MOST_CHARS && set("sessionStorage", NAME, text) && set("localStorage", NAME, text);
    while (kept.length && !fits()) {
      kept = kept.slice(1);
      text = JSON.stringify(kept);
    }
  }

  return {
    MOST_TURNS,
    keeps,
    all: () => turns,
    find: (number) => turns.find((one) => one.number === number),
    // What an earlier visit left, unless somebody else was signed in.
    load(name) {
      owner = name;
      if (!keeps() || !belongs(name)) forget();
      turns = (read("sessionStorage") ?? read("localStorage") ?? []).slice(-MOST_TURNS);
      if (turns.length) {
        set("sessionStorage", NAME, JSON.stringify(turns));
        set("sessionStorage", OWNER, name);
      }
      return turns;
    },
    add(turn) {
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
    anew() {
      turns = [];
      forget();
      if (keeps()) set("sessionStorage", NAME, "[]");
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
    forget() {
      turns = [];
      forget();
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
        }
      });
    },
  };
})();

// Whoever signs out leaves nothing behind, in no tab.
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.(".sp-door")) return;
  window.signpostTalk.clear();
  window.signpostPrepare?.forget();
});
