// A card beside a citation chip that is pointed at or has the focus: the quote, and whose it is.
// It can be pointed at itself, stays until one leaves, and goes with Escape (WCAG 1.4.13). Touch goes
// to the panel at once.
(() => {
  "use strict";
  const words = window.signpostWords;
  const LEAVING = 200;
  const MOST = 3;
  let card = null;
  let chip = null;
  let leaving = 0;

  const made = window.signpostMade;

  const fact = (panel, name) =>
    [...panel.querySelectorAll("dt")].find((one) => one.textContent === name)?.nextElementSibling?.textContent ?? "";

  // The panels that a chip stands for: one, or those of several numbers in a row.
  function panels(link) {
    const first = document.getElementById(link.hash.slice(1));
    const [from, to] = link.textContent.split("\u2013").map(Number);
    const all = first ? [...first.parentElement.querySelectorAll(".sp-panel")] : [];
    return all.slice(from - 1, to ?? from);
  }

  function fill(found) {
    const shown = found.slice(0, MOST).map((panel) => {
      const quote = made("blockquote", "", panel.querySelector("mark")?.textContent ?? "");
      const tier = made("p", "sp-tier-name", panel.querySelector(".sp-tier-name")?.textContent ?? "");
      const place = [fact(panel, words.fact_source), fact(panel, words.fact_where)].filter(Boolean).join(", ");
      const part = made("div", ["sp-tier", ...[...panel.classList].filter((one) => one.startsWith("sp-tier-"))].join(" "), "");
      part.append(tier, quote, made("p", "sp-aside", place));
      return part;
    });
    const more = found.length - MOST;
    if (more > 0) shown.push(made("p", "sp-aside", words.more_sources.replace("#", more)));
    return shown;
  }

  // Under the chip, or over it where there is more room; never past an edge of the window.
  function place() {
    const at = chip.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const left = Math.min(Math.max(8, at.left - 12), innerWidth - width - 8);
    const under = at.bottom + 6;
    const top = under + height <= innerHeight - 8 ? under : Math.max(8, at.top - height - 6);
    card.style.left = `${Math.max(8, left)}px`;
    card.style.top = `${top}px`;
  }

  function show(link) {
    clearTimeout(leaving);
    if (link === chip) return;
    hide();
    const found = panels(link);
    if (!found.length || link.hasAttribute("aria-current")) return;
    chip = link;
    card = made("div", "sp-card", "");
    card.id = "sp-card";
    card.setAttribute("role", "tooltip");
    card.append(...fill(found));
    (document.querySelector(".gradio-container") ?? document.body).append(card);
    chip.setAttribute("aria-describedby", "sp-card");
    place();
  }

  function hide() {
    clearTimeout(leaving);
    chip?.removeAttribute("aria-describedby");
    card?.remove();
    chip = null;
    card = null;
  }

  const linkOf = (target) => (target instanceof Element ? target.closest("a.sp-cite") : null);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = linkOf(event.target);
    if (link) show(link);
    else if (card?.contains(event.target)) clearTimeout(leaving);
    else if (card && document.activeElement !== chip) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, LEAVING);
    }
  });

  document.addEventListener("focusin", (event) => {
    const link = linkOf(event.target);
    if (link?.matches(":focus-visible")) show(link);
    else hide();
  });

  document.addEventListener("click", (event) => {
    if (!card?.contains(event.target)) hide();
  });

  // Escape takes the card first; what else it would close stays until it is pressed again.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !card) return;
      hide();
      event.stopImmediatePropagation();
    },
    true,
  );

  for (const moved of ["scroll", "resize"]) {
    window.addEventListener(moved, () => card && (document.activeElement === chip ? place() : hide()), { passive: true });
  }
})();
