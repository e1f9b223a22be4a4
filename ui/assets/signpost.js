// Knows why a call was not taken, and tells where the server cannot be reached. What stands on the
// page stays.

// Characters at the end of a stream that may say that it ends.
const LAST = 200;
const PATIENCE = 15000;
let problem = "";
let timer = 0;
let looked = 0;

function tell(isLost) {
  clearTimeout(timer);
  if (isLost) timer = setTimeout(look, PATIENCE);
  else looked = Date.now();
  const bar = find("#sp-offline");
  if (!bar || bar.hidden !== isLost) return;
  bar.textContent = words.offline;
  bar.hidden = !isLost;
  announce(isLost ? words.offline : words.online);
}

// The wrapped fetch tells what came of it.
function look() {
  looked = Date.now();
  fetch("/healthz", { cache: "no-store" }).catch(() => null);
}

// What Gradio is told where the server cannot be reached: that its calls failed, and that the
// stream is at its end. Left to itself it waits for the connection, and takes no further call.
function ending() {
  problem = words.offline;
  const told = (msg) => `data: ${JSON.stringify({ msg, message: problem })}\n\n`;
  return new TextEncoder().encode(told("unexpected_error") + told("close_stream"));
}

// A stream that says that it ends has lost nothing; one that breaks off is brought to its end.
function lasting({ body, status, headers }) {
  const reading = new TextDecoder();
  let last = "";
  const { readable, writable } = new TransformStream({
    transform(chunk, sent) {
      last = (last + reading.decode(chunk, { stream: true })).slice(-LAST);
      sent.enqueue(chunk);
    },
    flush: (sent) => last.includes('"close_stream"') || sent.enqueue(ending()),
  });
  body.pipeTo(writable, { preventAbort: true })
    .catch((error) => (error.name === "AbortError" ? writable.abort(error) : writable.close()))
    .catch(() => null);
  return new Response(readable, { status, headers });
}

// Whoever waits in vain should know why: too many questions, a session that ended, the switch, a
// lost server.
const plainFetch = window.fetch;
window.fetch = async (...given) => {
  const address = String(given[0]?.url ?? given[0]);
  const joins = address.includes("/gradio_api/queue/join");
  const follows = address.includes("/gradio_api/queue/data");
  if (joins) problem = "";
  const response = await plainFetch(...given).catch((error) => {
    if (error.name === "AbortError" && !joins) throw error;
    tell(true);
    if (!joins && !follows) throw error;
    const stream = ending();
    if (follows) return new Response(stream, { headers: { "content-type": "text/event-stream" } });
    return Response.json({ error: problem, detail: problem }, { status: 500 });
  });
  // What was made here has no address.
  if (!response.url) return response;
  tell(false);
  if (joins && !response.ok) problem = await errorOf(response.clone()) ?? "";
  return follows && response.ok && response.body ? lasting(response) : response;
};

// Why the last call was not taken; empty where it was.
page.problem = () => problem;

addEventListener("offline", () => tell(true));
addEventListener("online", look);
on("visibilitychange", () => {
  if (!document.hidden && Date.now() - looked > PATIENCE) look();
});

// Shows the way into the workspaces that whoever reads the page may enter.
page.me = fetch("/api/me").then((answer) => (answer.ok ? answer.json() : null), () => null);
page.me.then((me) => {
  if (!me) return;
  const show = () => findAll(".sp-nav li[hidden]").forEach((one) => {
    one.hidden = !me.workspaces.includes(one.dataset.workspace);
  });
  new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
  show();
});
