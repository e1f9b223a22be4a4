// A card beside a citation chip that is pointed at or has the focus: the quote, and whose it is.
// It can be pointed at itself, stays until one leaves, and goes with Escape (WCAG 1.4.13). Touch
// goes to the panel at once.
const LEAVING = 200;
const MOST = 3;
let card = null;
let chip = null;
let leaving = 0;

// The panels that a chip stands for: one, or those of several numbers in a row.
function panels({ hash, textContent }) {
  const first = find(hash);
  const [from, to = from] = textContent.split("\u2013").map(Number);
  return first ? findAll(".sp-panel", first.parentElement).slice(from - 1, to) : [];
}

function part(panel) {
  const text = (selector) => find(selector, panel)?.textContent ?? "";
  const place = findAll("dt", panel)
    .filter((one) => [words.fact_source, words.fact_where].includes(one.textContent))
    .map((one) => one.nextElementSibling.textContent);
  return made("div", `sp-tier ${panel.className.match(/sp-tier-\w+/)}`, [
    made("p", "sp-tier-name", text(".sp-tier-name")),
    made("blockquote", "", text("mark")),
    made("p", "sp-aside", place.join(", ")),
  ]);
}

// Under the chip, or over it where there is more room; never past an edge of the window.
function place() {
  const at = chip.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const fits = at.bottom + 6 + height <= innerHeight - 8;
  card.style.left = `${Math.max(8, Math.min(at.left - 12, innerWidth - width - 8))}px`;
  card.style.top = `${fits ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
}

function show(link) {
  clearTimeout(leaving);
  if (link === chip) return;
  hide();
  const found = panels(link);
  if (!found.length || link.ariaCurrent) return;
  const parts = found.slice(0, MOST).map(part);
  const more = words.more_sources.replace("#", found.length - MOST);
  if (found.length > MOST) parts.push(made("p", "sp-aside", more));
  chip = link;
  card = made("div", "sp-card", parts, { id: "sp-card", role: "tooltip" });
  find(".gradio-container").append(card);
  chip.setAttribute("aria-describedby", "sp-card");
  place();
}

function hide() {
  clearTimeout(leaving);
  chip?.removeAttribute("aria-describedby");
  card?.remove();
  [chip, card] = [null, null];
}

on("pointerover", ({ target, pointerType }) => {
  if (pointerType === "touch") return;
  const link = target.closest?.("a.sp-cite");
  if (link) return show(link);
  clearTimeout(leaving);
  const stays = !card || card.contains(target) || document.activeElement === chip;
  if (!stays) leaving = setTimeout(hide, LEAVING);
});
on("focusin", ({ target }) => {
  const link = target.closest?.("a.sp-cite:focus-visible");
  return link ? show(link) : hide();
});
on("click", ({ target }) => card?.contains(target) || hide());
on("keydown", (event) => {
  // Escape takes the card first; what else it would close stays until it is pressed again.
  if (event.key !== "Escape" || !card) return;
  hide();
  event.stopImmediatePropagation();
}, true);

const moved = () => (card && document.activeElement === chip ? place() : hide());
for (const how of ["scroll", "resize"]) addEventListener(how, moved, { passive: true });
