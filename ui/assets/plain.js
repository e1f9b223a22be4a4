// Follows links and sends forms that name what they change ([data-swap]), and puts what comes back
// in its place, so that the page stays with all that was opened on it. Without this script the same
// links and forms load whole pages. What goes on ([data-live]) is fetched again until it ends.
const EVERY = 1500;
const LATE = 400;
const said = find("#sp-said");
const asking = (address, sent) =>
  fetch(address, { headers: { accept: "text/html" }, ...sent }).catch(() => null);
const bare = () => location.href.split("#")[0];
let here = bare();
let latest = null;

function tell(text, bad = false) {
  said.textContent = text ?? "";
  said.classList.toggle("bad", bad);
}

// Returns whether something was put on the page; where not, it is told why.
async function swap(target, address, sent, busy) {
  const place = find(target);
  const turn = (latest = {});
  place.setAttribute("aria-busy", "true");
  const late = setTimeout(tell, LATE, busy);
  const answer = await asking(address, sent);
  clearTimeout(late);
  if (latest !== turn) return false;
  place.removeAttribute("aria-busy");
  if (!answer) return tell(said.dataset.offline, true);
  if (answer.headers.has("content-disposition")) {
    await keepFile(answer);
    return tell(said.dataset.saved);
  }
  const page = parsed(await answer.text());
  const fresh = find(target, page);
  if (fresh) return put(page, place, fresh);
  if (answer.ok) return location.assign(answer.url);
  return tell(find("[role=alert]", page)?.textContent, true);
}

// What was opened stays open, and the focus is where it was, unless what comes says where it goes.
function put(page, place, fresh) {
  const focused = document.activeElement?.id;
  for (const old of findAll("details[id], .fold[id]", place)) {
    const same = find(`#${CSS.escape(old.id)}`, fresh);
    if (same?.matches(".fold")) same.checked ||= old.checked;
    else if (same) same.open = old.open;
  }
  const first = find("[autofocus]", fresh);
  first?.removeAttribute("autofocus");
  place.replaceWith(fresh);
  document.title = page.title;
  const next = first ?? document.getElementById(focused ?? "");
  next?.focus({ preventScroll: true });
  (find("[aria-current=true]", fresh) ?? next)?.scrollIntoView({ block: "nearest" });
  tell(fresh.dataset.said, fresh.dataset.failed);
  document.dispatchEvent(new Event("signpost:put"));
  return true;
}

onClick("a[data-swap]", async ({ href, dataset: { swap: target, focus } }, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!(await swap(target, href)) || href === here) return;
  history.pushState(null, "", href);
  here = href;
  const next = document.getElementById(focus);
  if (next?.checkVisibility()) next.focus();
  else if (focus) find("[type=search]")?.focus();
});

onClick("[data-copy]", async ({ dataset }) => {
  const done = await copied(location.href);
  tell(done ? dataset.copy : dataset.failed, !done);
});

addEventListener("popstate", () => {
  const target = find("a[data-swap]")?.dataset.swap;
  const before = here;
  here = bare();
  if (target && here !== before) swap(target, here);
});

on("submit", (event) => {
  const { target: form, submitter } = event;
  const { swap: target, busy } = form.dataset;
  if (!target) return;
  event.preventDefault();
  if (find(target).ariaBusy) return;
  const data = new FormData(form, submitter);
  // Files travel in parts.
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const address = submitter?.getAttribute("formaction") ?? form.action;
  swap(target, address, { method: "POST", body }, busy);
});

on("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const editor = event.target.closest?.("details.editor[open]");
  if (!editor) return find("[data-escape]")?.click();
  editor.open = false;
  find("summary", editor).focus();
});

// What was asked for deliberately leaves the address: no reload or link asks for it again.
const address = new URL(location.href);
address.searchParams.delete("held");
if (address.href !== location.href) history.replaceState(null, "", address);

async function look(live) {
  const answer = await asking(live.dataset.live);
  const page = answer?.ok ? parsed(await answer.text()) : null;
  const fresh = page && find("[data-live]", page);
  if (page && !fresh) location.assign(live.dataset.live);
  live.classList.toggle("lost", !page);
  if (fresh) find(".changing", live).replaceWith(find(".changing", fresh));
  setTimeout(look, EVERY, live);
}

find("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
const live = find("[data-live]");
if (live) setTimeout(look, EVERY, live);
