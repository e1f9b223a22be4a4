// What goes on is fetched again until it ends; what was asked for deliberately leaves the address, so
// that neither a reload nor a link asks for it again.
(() => {
  "use strict";
  const EVERY = 1500;
  const here = new URL(location.href);
  if (here.searchParams.has("held")) {
    here.searchParams.delete("held");
    history.replaceState(null, "", here);
  }

  async function look(live) {
    const answer = await fetch(live.dataset.live, { headers: { accept: "text/html" } }).catch(() => null);
    const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page?.querySelector("[data-live]");
    if (page && !fresh) location.assign(live.dataset.live);
    live.classList.toggle("lost", !page);
    if (fresh) live.querySelector(".changing").replaceWith(fresh.querySelector(".changing"));
    setTimeout(look, EVERY, live);
  }

  const live = document.querySelector("[data-live]");
  if (live) setTimeout(look, EVERY, live);
})();
