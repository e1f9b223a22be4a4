// A card beside a citation chip that is pointed at or has the focus: the quote, and whose it is.
// It can be pointed at itself, stays until one leaves, and goes with Escape (WCAG 1.4.13). Touch
// goes to the panel at once.
const LEAVING = 200;
const MOST = 3;
let card = null;
let chip = null;
let leaving = 0;

const linkOf = (target) => target.closest?.("a.sp-cite");
const text = (panel, selector) => panel.querySelector(selector)?.textContent ?? "";

const fact = (panel, name) => [...panel.querySelectorAll("dt")]
  .find((one) => one.textContent === name)?.nextElementSibling?.textContent;

// The panels that a chip stands for: one, or those of several numbers in a row.
function panels(link) {
  const first = document.getElementById(link.hash.slice(1));
  const [from, to = from] = link.textContent.split("\u2013").map(Number);
  return [...first?.parentElement.querySelectorAll(".sp-panel") ?? []].slice(from - 1, to);
}

function part(panel) {
  const place = [fact(panel, words.fact_source), fact(panel, words.fact_where)];
  return made("div", `sp-tier ${panel.className.match(/sp-tier-\w+/)}`, [
    made("p", "sp-tier-name", text(panel, ".sp-tier-name")),
    made("blockquote", "", text(panel, "mark")),
    made("p", "sp-aside", place.filter(Boolean).join(", ")),
  ]);
}

// Under the chip, or over it where there is more room; never past an edge of the window.
function place() {
  const at = chip.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const under = at.bottom + 6;
  const fits = under + height <= innerHeight - 8;
  card.style.left = `${Math.max(8, Math.min(at.left - 12, innerWidth - width - 8))}px`;
  card.style.top = `${fits ? under : Math.max(8, at.top - height - 6)}px`;
}

function show(link) {
  clearTimeout(leaving);
  if (link === chip) return;
  hide();
  const found = panels(link);
  if (!found.length || link.hasAttribute("aria-current")) return;
  chip = link;
  const parts = found.slice(0, MOST).map(part);
  const more = words.more_sources.replace("#", found.length - MOST);
  if (found.length > MOST) parts.push(made("p", "sp-aside", more));
  card = made("div", "sp-card", parts, { id: "sp-card", role: "tooltip" });
  (document.querySelector(".gradio-container") ?? document.body).append(card);
  chip.setAttribute("aria-describedby", "sp-card");
  place();
}

function hide() {
  clearTimeout(leaving);
  chip?.removeAttribute("aria-describedby");
  card?.remove();
  [chip, card] = [null, null];
}

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  const link = linkOf(target);
  if (link) return show(link);
  clearTimeout(leaving);
  const stays = !card || card.contains(target) || document.activeElement === chip;
  if (!stays) leaving = setTimeout(hide, LEAVING);
});

document.addEventListener("focusin", ({ target }) => {
  const link = linkOf(target);
  if (link?.matches(":focus-visible")) show(link);
  else hide();
});

document.addEventListener("click", ({ target }) => card?.contains(target) || hide());

// Escape takes the card first; what else it would close stays until it is pressed again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !card) return;
  hide();
  event.stopImmediatePropagation();
}, true);

const moved = () => (card && document.activeElement === chip ? place() : hide());
for (const how of ["scroll", "resize"]) addEventListener(how, moved, { passive: true });
