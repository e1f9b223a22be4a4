// Opens source panels, asks suggested questions, and tells screen readers when an answer is there.
// Listens on the document, since Gradio replaces the answer as a whole.
(() => {
  "use strict";
  let invoker = null;

  const reply = () => document.querySelector(".sp-reply");
  const openPanel = () => document.querySelector(".sp-panel.sp-open");

  function close() {
    const panel = openPanel();
    if (!panel) return;
    panel.classList.remove("sp-open");
    document.querySelectorAll(".sp-cite[aria-current]").forEach((chip) => chip.removeAttribute("aria-current"));
    reply()?.classList.remove("sp-reading");
    if (invoker?.isConnected) invoker.focus();
    invoker = null;
  }

  function open(panel, link) {
    if (!link.closest(".sp-panel")) invoker = link;
    openPanel()?.classList.remove("sp-open");
    panel.classList.add("sp-open");
    reply()?.classList.add("sp-reading");
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

  function ask(text) {
    const box = document.querySelector("#sp-question textarea");
    const button = document.querySelector("#sp-ask");
    if (!box || !button) return;
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    // Gradio takes over what was typed in its next turn; only then may the button be pressed.
    setTimeout(() => button.click(), 50);
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest('a[href^="#cite-"]');
    if (link) {
      const panel = document.getElementById(link.hash.slice(1));
      if (!panel) return;
      event.preventDefault();
      open(panel, link);
    } else if (target?.closest(".sp-close")) {
      close();
    } else if (target?.closest(".sp-ask")) {
      ask(target.closest(".sp-ask").textContent);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && openPanel()) close();
  });

  new MutationObserver(() => {
    const shown = document.querySelector("#sp-reply [data-announce]");
    const announcer = document.getElementById("sp-announcer");
    if (shown && announcer && announcer.textContent !== shown.dataset.announce) {
      announcer.textContent = shown.dataset.announce;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
