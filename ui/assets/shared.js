// What the scripts of a page share; each of the others stands in a block of its own.

// What they tell each other, and what Ask says.
const page = {};
const words = window.signpostWords;

// Storage may be full, or closed to the page; what is kept then lasts as long as the page.
const safely = (work) => { try { return work(); } catch { return null; } };

// An element with a class, and with words or elements in it.
function made(name, className = "", inside = [], more = {}) {
  const element = Object.assign(document.createElement(name), { className, ...more });
  element.append(...[inside].flat());
  return element;
}

// Does something with what is clicked, where that or what holds it fits a selector.
const onClick = (selector, act) => document.addEventListener("click", (event) => {
  const found = event.target.closest?.(selector);
  if (found) act(found, event);
});

const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.shiftKey;

const parsed = (html) => new DOMParser().parseFromString(html ?? "", "text/html");

// Whether words were copied; a page that comes over plain HTTP has no clipboard.
const copied = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false);

// Keeps the file that was answered.
async function keepFile(answer) {
  const link = made("a");
  const named = answer.headers.get("content-disposition");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(named)?.[1] ?? "signpost";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// Sends what a page has to the server; returns what it answers, nothing where it cannot be reached.
function post(path, content) {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(content) }).catch(() => null);
}

// Why something was refused.
const errorOf = async (answer) => (await answer.json().catch(() => ({}))).error;

// Says something to screen readers.
const announce = (text) => document.getElementById("sp-announcer")?.replaceChildren(text);
