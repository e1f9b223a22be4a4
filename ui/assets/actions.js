// What is done with an answer and with a conversation: copied, linked to, saved, reported.
const { talk } = page;
const frame = (element) => element.closest(".sp-ask-actions, #sp-ask-whole");
const turnOf = (element) => talk.find(Number(element.closest(".sp-turn").dataset.number));
const chosenIn = (details) => details.querySelector('[aria-pressed="true"]');
const ticked = () => [...document.querySelectorAll("#sp-ask-chosen input:checked")]
  .map((one) => Number(one.value));

function tell(button, text, wrong = false) {
  const line = frame(button).querySelector(":scope > .sp-ask-told");
  line.textContent = "";
  line.classList.toggle("sp-ask-wrong", wrong);
  // Emptied first, so that the same words are told anew.
  setTimeout(() => { line.textContent = text; }, 0);
}

const copy = async (button, text) =>
  (await copied(text) ? tell(button, words.copied) : tell(button, words.not_copied, true));

async function save(button, form, turns) {
  const [library = "", another] = new Set(turns.map((one) => one.library).filter(Boolean));
  if (another) return tell(button, words.one_library, true);
  button.disabled = true;
  const [answers, earlier] = ["answer", "turns"].map((name) => turns.map((one) => one[name]));
  const answer = await post("/api/export", { form, library, answers, turns: earlier });
  let wrong = answer ? "" : words.offline;
  if (answer?.ok) await keepFile(answer);
  else if (answer) wrong = (await errorOf(answer)) ?? words.no_file;
  button.disabled = false;
  button.focus();
  return tell(button, wrong || words.saved, Boolean(wrong));
}

// Opens the form for a verdict, or closes it; who closes it goes on at the verdict.
function open(details, verdict = "") {
  const report = details.querySelector(".sp-ask-report");
  const next = verdict ? report.querySelector("textarea") : chosenIn(details);
  report.hidden = !verdict;
  for (const one of details.querySelectorAll("[data-verdict]")) {
    one.setAttribute("aria-pressed", String(one.dataset.verdict === verdict));
  }
  next?.focus();
}

async function send(button) {
  const details = frame(button);
  const chosen = chosenIn(details);
  const comment = details.querySelector(".sp-ask-report textarea");
  const { answer } = turnOf(button);
  const { verdict } = chosen.dataset;
  const sent = await post("/api/feedback", { verdict, comment: comment.value, answer });
  if (!sent) return tell(button, words.offline, true);
  if (!sent.ok) return tell(button, (await errorOf(sent)) ?? words.no_report, true);
  comment.value = "";
  open(details);
  details.querySelector(".sp-signposting")?.remove();
  if (sent.status === 204) return tell(chosen, words.sent);
  const reply = drawn(await sent.json());
  details.append(reply);
  reply.focus();
  return tell(chosen, "");
}

// The reviewed text that is due to a comment, of which nothing was kept.
function drawn({ text, services }) {
  const lines = text.split("\n").filter((line) => line.trim()).map((line) => made("p", "", line));
  const items = services.map(({ name, purpose, region, url }) => {
    const outside = { href: url, rel: "noopener noreferrer", target: "_blank" };
    const named = /^https?:/.test(url) ? made("a", "", name, outside) : name;
    const about = [purpose, region].map((one) => made("span", "", one));
    return made("li", "", [made("strong", "", named), ...about]);
  });
  const list = made("ul", "sp-services", items);
  return made("div", "sp-signposting", [...lines, list], { tabIndex: -1 });
}

const acts = {
  copy: (button) => copy(button, frame(button).querySelector(".sp-ask-plain").textContent),
  link: (button) =>
    copy(button, `${location.origin}/#q=${encodeURIComponent(frame(button).dataset.question)}`),
  save: (button) =>
    save(button, button.dataset.form, button.closest(".sp-turn") ? [turnOf(button)] : talk.all()),
  brief: (button) => {
    const turns = ticked().map((number) => talk.find(number));
    return turns.length ? save(button, "brief", turns) : tell(button, words.none_chosen, true);
  },
  verdict: (button) => open(frame(button), button.dataset.verdict),
  send,
  cancel: (button) => open(frame(button)),
};

onClick(".sp-ask-actions [data-act], #sp-ask-whole [data-act]", (button) =>
  acts[button.dataset.act]?.(button));

document.addEventListener("keydown", (event) => {
  const report = event.target.closest?.(".sp-ask-report");
  if (event.key === "Escape" && report) open(frame(report));
});

// The answers that a brief may be made from, as the conversation stands.
document.addEventListener("signpost:talk", () => {
  const items = talk.all().map(({ number, question }) => {
    const more = { type: "checkbox", value: number, checked: ticked().includes(number) };
    return made("label", "", [made("input", "", [], more), made("span", "", question)]);
  });
  document.getElementById("sp-ask-chosen").replaceChildren(...items);
  document.getElementById("sp-ask-whole").hidden = !items.length;
});
