// What the scripts of a page share; each of the others stands in a block of its own.

// What they tell each other, and what Ask says.
const page = {};
const words = window.signpostWords;

const find = (selector, inside = document) => inside.querySelector(selector);
const findAll = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const on = (type, act, early = false) => document.addEventListener(type, act, early);

// Does something with what is clicked, where that or what holds it fits a selector.
const onClick = (selector, act) => on("click", (event) => {
  const found = event.target.closest?.(selector);
  if (found) act(found, event);
});

// Storage may be full, or closed to the page; what is kept then lasts as long as the page.
const safely = (work) => { try { return work(); } catch { return null; } };

// An element with a class, and with words or elements in it.
function made(name, className = "", inside = [], { dataset, ...more } = {}) {
  const element = Object.assign(document.createElement(name), { className, ...more });
  Object.assign(element.dataset, dataset);
  element.append(...[inside].flat());
  return element;
}

const parsed = (html) => new DOMParser().parseFromString(html ?? "", "text/html");

// Says something to screen readers.
const announce = (text) => find("#sp-announcer")?.replaceChildren(text);

// Whether words were copied; a page that comes over plain HTTP has no clipboard.
const copied = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false);

// Keeps the file that was answered.
async function keepFile(answer) {
  const named = answer.headers.get("content-disposition");
  const download = /filename="([^"]+)"/.exec(named)?.[1] ?? "signpost";
  const href = URL.createObjectURL(await answer.blob());
  made("a", "", [], { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}

// Sends what a page has to the server; returns what it answers, nothing where it cannot be reached.
function post(path, content) {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(content) }).catch(() => null);
}

// Why something was refused.
const errorOf = async (answer) => (await answer.json().catch(() => ({}))).error;

// Whoever signs out leaves nothing behind, in no tab.
on("submit", ({ target }) => {
  if (!target.matches(".sp-door")) return;
  for (const store of [sessionStorage, localStorage]) {
    Object.keys(store).filter((key) => key.startsWith("signpost.") && key !== "signpost.keep")
      .forEach((key) => store.removeItem(key));
  }
  localStorage["signpost.cleared"] = Date.now();
});
