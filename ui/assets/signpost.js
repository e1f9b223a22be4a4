// Knows why a call was not taken.
(() => {
  "use strict";
  // Characters at the end of a stream that may say that it ends.
  const LAST = 200;
  let problem = "";

  // What Gradio is told where the server cannot be reached: that its calls failed, and that the stream is at its end. Left
  // to itself it waits for the connection, and takes no further call.
  function lost() {
    problem = window.signpostWords.offline;
    const events = ["unexpected_error", "close_stream"].map((msg) => `data: ${JSON.stringify({ msg, message: problem })}\n\n`);
    return new TextEncoder().encode(events.join(""));
  }

  // A stream that says that it ends has lost nothing.
  function lasting(response) {
    const reader = response.body.getReader();
    const reading = new TextDecoder();
    let last = "";
    const body = new ReadableStream({
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) last = (last + reading.decode(value, { stream: true })).slice(-LAST);
          if (!done) controller.enqueue(value);
          else if (!last.includes('"close_stream"')) controller.enqueue(lost());
          if (done) controller.close();
        } catch (error) {
          if (error.name === "AbortError") return controller.error(error);
          controller.enqueue(lost());
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  // Whoever waits in vain should know why: too many questions, a session that ended, the switch, a lost server.
  const plainFetch = window.fetch;
  window.fetch = async (...given) => {
    const address = String(given[0]?.url ?? given[0]);
    if (address.includes("/gradio_api/queue/join")) return join(given);
    const follows = address.includes("/gradio_api/queue/data");
    const response = await plainFetch(...given).catch((error) => {
      if (error.name !== "AbortError") dispatchEvent(new Event("signpost-lost"));
      if (!follows || error.name === "AbortError") throw error;
      return new Response(lost(), { headers: { "content-type": "text/event-stream" } });
    });
    if (response.url) dispatchEvent(new Event("signpost-there"));
    return follows && response.ok && response.body ? lasting(response) : response;
  };

  async function join(given) {
    problem = "";
    const response = await plainFetch(...given).catch(() => null);
    if (!response) {
      lost();
      dispatchEvent(new Event("signpost-lost"));
      return new Response(JSON.stringify({ error: problem, detail: problem }), { status: 500 });
    }
    dispatchEvent(new Event("signpost-there"));
    if (!response.ok) problem = (await response.clone().json().catch(() => ({}))).error ?? "";
    return response;
  }

  // Why the last call was not taken; empty where it was.
  window.signpostProblem = () => problem;
})();

// Shows the way into the workspaces that whoever reads the page may enter.
window.signpostMe = fetch("/api/me").then((answer) => (answer.ok ? answer.json() : null), () => null);
(async () => {
  const me = await window.signpostMe;
  if (!me) return;
  const { workspaces } = me;
  const show = () => {
    // Gradio gives all pages one title.
    const here = document.querySelector(".sp-nav [aria-current]")?.textContent;
    if (here && !document.title.startsWith(here)) document.title = `${here} - ${document.title}`;
    workspaces.forEach((key) => document.querySelector(`.sp-nav [data-workspace="${key}"]`)?.removeAttribute("hidden"));
  };
  new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
  show();
})();

// Sends what a workspace has to the server; returns what it answers, nothing where it cannot be reached.
window.signpostPost = (path, content) =>
  fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(content) }).catch(() => null);

// The same, and keeps the file that comes back; returns why not, or nothing.
window.signpostDownload = async (path, content) => {
  const words = window.signpostWords;
  const answer = await window.signpostPost(path, content);
  if (!answer) return words.offline;
  if (!answer.ok) return (await answer.json().catch(() => ({}))).error ?? words.no_file;
  const named = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = named ? named[1] : "signpost";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return "";
};

// Makes an element with a class and words.
window.signpostMade = (name, className = "", textContent = "", more = {}) =>
  Object.assign(document.createElement(name), { className, textContent, ...more });

// Says something to screen readers.
window.signpostAnnounce = (text) => {
  const announcer = document.getElementById("sp-announcer");
  if (announcer) announcer.textContent = text;
};

// Says that the server cannot be reached, and stops saying so once it can. What stands on the page stays.
(() => {
  const bar = () => document.getElementById("sp-offline");
  const words = window.signpostWords;
  const PATIENCE = 15000;
  let timer = 0;
  let looked = 0;

  function lost() {
    if (bar()?.hidden) {
      bar().textContent = words.offline;
      bar().hidden = false;
      window.signpostAnnounce(words.offline);
    }
    clearTimeout(timer);
    timer = setTimeout(look, PATIENCE);
  }

  function there() {
    clearTimeout(timer);
    looked = Date.now();
    if (!bar() || bar().hidden) return;
    bar().hidden = true;
    window.signpostAnnounce(words.online);
  }

  // The wrapped fetch tells what came of it.
  function look() {
    looked = Date.now();
    fetch("/healthz", { cache: "no-store" }).catch(() => null);
  }

  addEventListener("signpost-lost", lost);
  addEventListener("signpost-there", there);
  addEventListener("offline", lost);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - looked > PATIENCE) look();
  });
})();

// Gradio's pages have a base address, so that a bare fragment would lead to another page.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!place) location.hash = link.hash;
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
});
