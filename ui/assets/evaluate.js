// Fills the Evaluate workspace with the view that the address names, follows its links and forms, and
// asks how a run goes while one does. Nothing is kept here but which view is open.
(() => {
  "use strict";
  const words = window.signpostWords;
  const SLOW = 700;
  let asked = null;
  let shown = null;
  let timer = 0;
  let missed = 0;

  const place = () => document.getElementById("sp-evaluate");
  const view = () => place()?.querySelector(".sp-evaluate-view");

  // What was asked for deliberately does not stay in the address: it is asked for anew each time.
  const kept = (address) => {
    const url = new URL(address, location.origin);
    url.searchParams.delete("held");
    return url.pathname + url.search;
  };

  function state(text, again) {
    const box = place()?.querySelector(".sp-evaluate-state");
    if (!box) return;
    box.replaceChildren();
    box.hidden = !text;
    if (!text) return;
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    box.classList.toggle("sp-evaluate-bad", Boolean(again));
    if (again) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words.try_again;
      button.addEventListener("click", again);
      box.append(button);
    }
    window.signpostAnnounce(text);
  }

  async function fetched(path, options) {
    const answer = await fetch(path, options).catch((error) => {
      if (error.name === "AbortError") throw error;
      return null;
    });
    if (!answer) return { error: words.offline };
    const html = (answer.headers.get("content-type") ?? "").startsWith("text/html");
    const body = html ? { html: await answer.text() } : await answer.json().catch(() => ({}));
    if (!answer.ok && !body.html) return { error: body.error ?? words.broken_view };
    return body;
  }

  function busy(text) {
    place()?.setAttribute("aria-busy", "true");
    state("");
    const slow = setTimeout(() => state(text), SLOW);
    return () => {
      clearTimeout(slow);
      place()?.setAttribute("aria-busy", "false");
      state("");
    };
  }

  // Opens a view; focus says whether somebody asked for it, and is to be taken there.
  async function open(address, { push = true, focus = true } = {}) {
    asked?.abort();
    const own = new AbortController();
    asked = own;
    const done = busy(words.view_waits);
    const url = new URL(address, location.origin);
    let told;
    try {
      told = await fetched(`/api/evaluate/view${url.search}`, { signal: own.signal });
    } catch {
      return;
    }
    if (asked !== own) return;
    done();
    if (told.error) {
      state(told.error, () => open(address, { push, focus }));
      return;
    }
    if (push && kept(address) !== location.pathname + location.search) history.pushState(null, "", kept(address));
    put(told.html);
    if (focus) arrive(".sp-evaluate-title");
  }

  function put(html) {
    view().innerHTML = html;
    shown = kept(location.href);
    watch();
  }

  function arrive(where) {
    const target = view().querySelector(where);
    if (!target) return;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: target.getBoundingClientRect().height > innerHeight / 2 ? "start" : "nearest" });
    window.signpostAnnounce(target.textContent.trim().slice(0, 300));
  }

  // A form as the server reads it: a text for each name, a list where several are ticked.
  function fields(form, pressed) {
    const found = {};
    const data = new FormData(form);
    if (pressed?.name) data.append(pressed.name, pressed.value);
    for (const name of new Set(data.keys())) {
      const values = data.getAll(name);
      found[name] = values.length > 1 ? values : values[0];
    }
    return found;
  }

  async function send(form, pressed) {
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const done = busy(words.send_waits);
    const told = await fetched(form.dataset.post, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ fields: fields(form, pressed) }),
    });
    delete form.dataset.sending;
    done();
    if (told.error) {
      state(told.error, () => send(form, pressed));
      return;
    }
    if (told.html) {
      put(withWays(told.html));
      arrive(view().querySelector(".sp-evaluate-summary") ? ".sp-evaluate-summary" : view().querySelector(".sp-evaluate-result") ? ".sp-evaluate-result" : ".sp-evaluate-title");
    } else if (told.go) await open(told.go);
    if (told.said) window.signpostAnnounce(told.said);
  }

  // What comes back in the place of a form leaves the ways to the other parts above it.
  function withWays(html) {
    return (view().querySelector(".sp-evaluate-ways")?.outerHTML ?? "") + html;
  }

  function follow(form) {
    const url = new URL(form.dataset.go, location.origin);
    for (const [name, value] of new FormData(form)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    open(url.pathname + url.search);
  }

  async function search(button) {
    const box = button.closest(".sp-evaluate-search");
    const found = box.querySelector(".sp-evaluate-found");
    const typed = box.querySelector("input").value.trim();
    if (!typed) return;
    found.textContent = words.view_waits;
    const told = await fetched("/api/evaluate/passages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ words: typed }),
    });
    if (told.error) found.textContent = told.error;
    else found.innerHTML = told.html;
  }

  function take(id) {
    const box = document.getElementById("sp-ev-gold");
    const lines = box.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!lines.includes(id)) lines.push(id);
    box.value = lines.join("\n");
    window.signpostAnnounce(words.taken.replace("{id}", id));
  }

  // Asks how the run goes, once a second; a server that does not answer is asked more seldom.
  function watch() {
    clearTimeout(timer);
    if (view().querySelector("[data-poll]")) timer = setTimeout(poll, Math.min(1000 * 2 ** missed, 15000));
  }

  async function poll() {
    const told = await fetched("/api/evaluate/progress");
    const figures = view()?.querySelector("[data-poll] .sp-evaluate-figures");
    if (!figures) return;
    missed = told.error ? missed + 1 : 0;
    if (told.error) state(told.error, () => { missed = 0; state(""); poll(); });
    else if (told.going) {
      state("");
      figures.innerHTML = told.html;
    } else {
      window.signpostAnnounce(told.said);
      figures.innerHTML = told.html;
      figures.closest("[data-poll]").removeAttribute("data-poll");
      const typing = view().contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
      const stopping = document.activeElement?.closest?.(".sp-evaluate-stop");
      if (!typing) await open(location.href, { push: false, focus: Boolean(stopping) });
      return;
    }
    watch();
  }

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || !place()?.contains(target)) return;
    const link = target.closest("a[data-go]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
      event.preventDefault();
      open(link.getAttribute("href"));
    }
    const problem = target.closest('.sp-evaluate-summary a[href^="#"]');
    if (problem) {
      event.preventDefault();
      document.getElementById(problem.hash.slice(1))?.focus();
    }
    const found = target.closest("[data-take]");
    if (found) take(found.dataset.take);
    const looked = target.closest("[data-search]");
    if (looked) search(looked);
  });

  // In the box of the search, Enter searches, and does not send the form.
  document.addEventListener("keydown", (event) => {
    const box = event.target instanceof Element ? event.target.closest(".sp-evaluate-search") : null;
    if (!box || event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    search(box.querySelector("[data-search]"));
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!place()?.contains(form)) return;
    event.preventDefault();
    if (form.dataset.go) follow(form);
    else if (form.dataset.post) send(form, event.submitter);
  });

  addEventListener("popstate", () => {
    if (place() && kept(location.href) !== shown) open(kept(location.href), { push: false });
  });

  // Gradio puts the place there a while after the page was loaded.
  const waiting = new MutationObserver(() => {
    if (!place()) return;
    waiting.disconnect();
    // A link cannot stand for the tick by which held-out cases are shown.
    history.replaceState(null, "", kept(location.href));
    open(kept(location.href), { push: false, focus: false });
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
