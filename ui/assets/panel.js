// Opens and closes source panels. Listens on the document, since what stands on a page is replaced.
let invoker = null;
const openPanel = () => document.querySelector(".sp-panel.sp-open");

function mark(panel) {
  openPanel()?.classList.remove("sp-open");
  document.querySelector(".sp-reading")?.classList.remove("sp-reading");
  panel?.classList.add("sp-open");
  panel?.closest(".sp-reply")?.classList.add("sp-reading");
  for (const chip of document.querySelectorAll(".sp-cite")) {
    if (panel && chip.hash === `#${panel.id}`) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

function close() {
  if (!openPanel()) return;
  mark(null);
  if (invoker?.isConnected) invoker.focus();
  invoker = null;
}

onClick(".sp-close", close);
onClick('a[href^="#cite-"]', (link, event) => {
  const panel = document.getElementById(link.hash.slice(1));
  if (!panel) return;
  event.preventDefault();
  if (!link.closest(".sp-panel")) invoker = link;
  mark(panel);
  // On a narrow screen the panel covers the lower part; its number stays in sight above it.
  invoker?.scrollIntoView({ block: "nearest" });
  panel.focus({ preventScroll: true });
  panel.scrollTop = 0;
  panel.querySelector("mark")?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("keydown", (event) => event.key === "Escape" && close());

// On a narrow screen an open panel would cover the form.
document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.("#sp-question textarea")) return;
  invoker = null;
  close();
});
