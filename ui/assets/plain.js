// Follows links and sends forms that name what they change ([data-swap]), and puts what comes back in its
// place, so that the page stays with all that was opened on it. Without this script the same links and forms
// load whole pages. What goes on ([data-live]) is fetched again until it ends.
(() => {
  "use strict";
  const EVERY = 1500;
  const LATE = 400;
  const said = document.getElementById("sp-said");
  const asking = (address, sent) => fetch(address, { headers: { accept: "text/html" }, ...sent }).catch(() => null);
  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  let here = location.href.split("#")[0];
  let latest = null;

  function tell(text, bad = false) {
    said.textContent = text ?? "";
    said.classList.toggle("bad", bad);
  }

  async function keepFile(answer, named) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = /filename="([^"]+)"/.exec(named)?.[1] ?? "signpost";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    tell(said.dataset.saved);
  }

  // Returns whether something was put on the page; where not, it is told why.
  async function swap(target, address, sent, busy) {
    const place = document.querySelector(target);
    const turn = (latest = {});
    place.setAttribute("aria-busy", "true");
    const late = setTimeout(tell, LATE, busy);
    const answer = await asking(address, sent);
    clearTimeout(late);
    if (latest !== turn) return false;
    place.removeAttribute("aria-busy");
    const named = answer?.headers.get("content-disposition");
    if (!answer) tell(said.dataset.offline, true);
    else if (named) await keepFile(answer, named);
    else {
      const page = await parsed(answer);
      const fresh = page.querySelector(target);
      if (fresh) return put(page, place, fresh);
      if (answer.ok) location.assign(answer.url);
      else tell(page.querySelector("[role=alert]")?.textContent, true);
    }
    return false;
  }

  // What was opened stays open, and the focus is where it was, unless what comes says where it goes.
  function put(page, place, fresh) {
    const focused = document.activeElement?.id;
    for (const old of place.querySelectorAll("details[id], .fold[id]")) {
      const same = fresh.querySelector(`#${CSS.escape(old.id)}`);
      if (same?.matches(".fold")) same.checked ||= old.checked;
      else if (same) same.open = old.open;
    }
    const first = fresh.querySelector("[autofocus]");
    first?.removeAttribute("autofocus");
    place.replaceWith(fresh);
    document.title = page.title;
    const next = first ?? document.getElementById(focused ?? "");
    next?.focus({ preventScroll: true });
    (fresh.querySelector("[aria-current=true]") ?? next)?.scrollIntoView({ block: "nearest" });
    tell(fresh.dataset.said, fresh.dataset.failed);
    document.dispatchEvent(new Event("signpost:put"));
    return true;
  }

  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { href, dataset } = link;
    if (!(await swap(dataset.swap, href)) || href === here) return;
    history.pushState(null, "", href);
    here = href;
    const next = document.getElementById(dataset.focus);
    if (dataset.focus) (next?.checkVisibility() ? next : document.querySelector("[type=search]"))?.focus();
  });

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest?.("[data-copy]");
    if (!copy) return;
    const done = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    tell(done ? copy.dataset.copy : copy.dataset.failed, !done);
  });

  addEventListener("popstate", () => {
    const target = document.querySelector("a[data-swap]")?.dataset.swap;
    const before = here;
    here = location.href.split("#")[0];
    if (target && here !== before) swap(target, here);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const { swap: target, busy } = form.dataset;
    if (!target) return;
    event.preventDefault();
    if (document.querySelector(target).ariaBusy) return;
    const data = new FormData(form, event.submitter);
    // Files travel in parts.
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    swap(target, event.submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body }, busy);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const editor = event.target.closest?.("details.editor[open]");
    if (!editor) return document.querySelector("[data-escape]")?.click();
    editor.open = false;
    editor.querySelector("summary").focus();
  });

  // What was asked for deliberately leaves the address: neither a reload nor a link asks for it again.
  const address = new URL(location.href);
  if (address.searchParams.has("held")) {
    address.searchParams.delete("held");
    history.replaceState(null, "", address);
  }

  async function look(live) {
    const answer = await asking(live.dataset.live);
    const page = answer?.ok ? await parsed(answer) : null;
    const fresh = page?.querySelector("[data-live]");
    if (page && !fresh) location.assign(live.dataset.live);
    live.classList.toggle("lost", !page);
    if (fresh) live.querySelector(".changing").replaceWith(fresh.querySelector(".changing"));
    setTimeout(look, EVERY, live);
  }

  document.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  const live = document.querySelector("[data-live]");
  if (live) setTimeout(look, EVERY, live);
})();
