// Opens and closes source panels. Listens on the document, since what stands on a page is replaced.
let invoker = null;

function mark(open) {
  for (const panel of findAll(".sp-panel")) panel.classList.toggle("sp-open", panel === open);
  for (const one of findAll(".sp-reply")) one.classList.toggle("sp-reading", one.contains(open));
  for (const chip of findAll(".sp-cite")) {
    chip.ariaCurrent = open && chip.hash === `#${open.id}` ? "true" : null;
  }
}

function close() {
  if (!find(".sp-panel.sp-open")) return;
  mark(null);
  if (invoker?.isConnected) invoker.focus();
  invoker = null;
}

onClick(".sp-close", close);
onClick('a[href^="#cite-"]', (link, event) => {
  const panel = find(link.hash);
  if (!panel) return;
  event.preventDefault();
  if (!link.closest(".sp-panel")) invoker = link;
  mark(panel);
  // On a narrow screen the panel covers the lower part; its number stays in sight above it.
  invoker?.scrollIntoView({ block: "nearest" });
  panel.focus({ preventScroll: true });
  panel.scrollTop = 0;
  find("mark", panel)?.scrollIntoView({ block: "nearest" });
});

on("keydown", (event) => event.key === "Escape" && close());
on("focusin", ({ target }) => {
  // On a narrow screen an open panel would cover the form.
  if (!target.matches?.("#sp-question textarea")) return;
  invoker = null;
  close();
});
