// Opens and closes source panels. Listens on the document, since what stands on a page is replaced.
(() => {
  "use strict";
  let invoker = null;
  const openPanel = () => document.querySelector(".sp-panel.sp-open");
  const box = () => document.querySelector("#sp-question textarea");

  function close() {
    const panel = openPanel();
    if (!panel) return;
    panel.classList.remove("sp-open");
    document.querySelectorAll(".sp-cite[aria-current]").forEach((chip) => chip.removeAttribute("aria-current"));
    panel.closest(".sp-reply")?.classList.remove("sp-reading");
    if (invoker?.isConnected) invoker.focus();
    invoker = null;
  }

  function open(panel, link) {
    if (!link.closest(".sp-panel")) invoker = link;
    openPanel()?.classList.remove("sp-open");
    document.querySelectorAll(".sp-reading").forEach((one) => one.classList.remove("sp-reading"));
    panel.classList.add("sp-open");
    panel.closest(".sp-reply")?.classList.add("sp-reading");
    document.querySelectorAll(".sp-cite").forEach((chip) => {
      if (chip.hash === `#${panel.id}`) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    });
    // On a narrow screen the panel covers the lower part; its number stays in sight above it.
    invoker?.scrollIntoView({ block: "nearest" });
    panel.focus({ preventScroll: true });
    panel.scrollTop = 0;
    panel.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#cite-"]');
    if (link) {
      const panel = document.getElementById(link.hash.slice(1));
      if (!panel) return;
      event.preventDefault();
      open(panel, link);
    } else if (event.target.closest?.(".sp-close")) {
      close();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && openPanel()) close();
  });

  // On a narrow screen an open panel would cover the form.
  document.addEventListener("focusin", (event) => {
    if (event.target !== box() || !openPanel()) return;
    invoker = null;
    close();
  });
})();
