// Narrows a list while one types or picks: [data-narrows] names it, and its parts have [data-words].
const known = new WeakMap();
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(/[^a-z0-9]+/g, " ").trim();
const boxOf = ({ target }) => target.closest?.("[data-narrows]");

function wordsOf(part) {
  if (!known.has(part)) known.set(part, ` ${fold(`${part.textContent} ${part.dataset.words}`)} `);
  return known.get(part);
}

// A word is found by its beginning; what has a digit in it only whole, so that 1 is not 12.
const has = (words, token) => words.includes(/\d/.test(token) ? ` ${token} ` : ` ${token}`);

function narrow(box) {
  const list = document.querySelector(box.dataset.narrows);
  const typed = box.querySelector("[type=search]").value.trim();
  const query = fold(typed);
  const picked = [...box.querySelectorAll("select")].filter((one) => one.value);
  const small = box.dataset.small?.split(" ") ?? [];
  const all = query.split(" ").filter(Boolean);
  const telling = all.filter((token) => !small.includes(token));
  const tokens = telling.length ? telling : all;
  const says = (part) => (query && tokens.every((token) => has(wordsOf(part), token)))
    || part.dataset.terms?.split("|").includes(query);
  const parts = [...list.querySelectorAll("[data-words]")];
  const fits = (part) => picked.every((one) => part.dataset[one.name] === one.value);
  for (const part of parts) part.hidden = !fits(part) || Boolean(typed && !says(part));
  const n = parts.filter((part) => !part.hidden).length;
  const narrowed = Boolean(typed || picked.length);
  list.classList.toggle("narrowed", narrowed);
  const count = box.querySelector("[data-count]");
  if (count) {
    const told = narrowed ? count.dataset.count : count.dataset.all;
    count.textContent = told.replace("{n}", n).replaceAll("{total}", parts.length);
  }
  for (const term of box.querySelectorAll("[data-when]")) {
    term.hidden = !term.dataset.when.split("|").includes(query);
  }
  const none = box.querySelector("[data-none]");
  none?.toggleAttribute("hidden", n > 0 || !narrowed);
  none?.querySelector("strong")?.replaceChildren(`\u201c${typed}\u201d`);
  none?.querySelector("a")?.setAttribute("href", `/#q=${encodeURIComponent(typed)}`);
}

const begin = () => document.querySelectorAll("[data-narrows]").forEach((box) => {
  box.hidden = false;
  narrow(box);
});
document.addEventListener("input", (event) => boxOf(event) && narrow(boxOf(event)));
document.addEventListener("signpost:put", begin);
document.addEventListener("keydown", (event) => {
  if (event.target.type !== "search" || !boxOf(event)) return;
  // The box sends nothing, wherever it stands.
  if (event.key === "Enter") event.preventDefault();
  if (event.key !== "Escape" || !event.target.value) return;
  event.preventDefault();
  event.target.value = "";
  narrow(boxOf(event));
});
begin();
