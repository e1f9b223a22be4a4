// What is done with an answer and with a conversation: copied, linked to, saved, reported.
const { talk } = page;
const FRAMES = ":is(.sp-ask-actions, #sp-ask-whole)";
const frame = (element) => element.closest(FRAMES);
const turnOf = (element) => talk.find(Number(element.closest(".sp-turn").dataset.number));
const chosenIn = (details) => find('[aria-pressed="true"]', details);
const ticked = () => findAll("#sp-ask-chosen input:checked").map((one) => Number(one.value));

function tell(button, text, wrong = false) {
  const line = find(":scope > .sp-ask-told", frame(button));
  line.textContent = "";
  line.classList.toggle("sp-ask-wrong", wrong);
  // Emptied first, so that the same words are told anew.
  setTimeout(() => { line.textContent = text; }, 0);
}

const copy = async (button, text) =>
  (await copied(text) ? tell(button, words.copied) : tell(button, words.not_copied, true));

// Why something was not done; empty where it was.
async function refusal(answer, fault) {
  if (!answer) return words.offline;
  return answer.ok ? "" : (await errorOf(answer)) ?? fault;
}

async function save(button, form, turns) {
  const [library = "", another] = new Set(turns.map((one) => one.library).filter(Boolean));
  if (another) return tell(button, words.one_library, true);
  button.disabled = true;
  const [answers, earlier] = ["answer", "turns"].map((name) => turns.map((one) => one[name]));
  const answer = await post("/api/export", { form, library, answers, turns: earlier });
  const wrong = await refusal(answer, words.no_file);
  if (!wrong) await keepFile(answer);
  button.disabled = false;
  button.focus();
  return tell(button, wrong || words.saved, Boolean(wrong));
}

// Opens the form for a verdict, or closes it; who closes it goes on at the verdict.
function open(details, verdict = "") {
  const report = find(".sp-ask-report", details);
  const next = verdict ? find("textarea", report) : chosenIn(details);
  report.hidden = !verdict;
  for (const one of findAll("[data-verdict]", details)) {
    one.ariaPressed = String(one.dataset.verdict === verdict);
  }
  next?.focus();
}

async function send(button) {
  const details = frame(button);
  const chosen = chosenIn(details);
  const comment = find(".sp-ask-report textarea", details);
  const [{ verdict }, { answer }] = [chosen.dataset, turnOf(button)];
  const sent = await post("/api/feedback", { verdict, comment: comment.value, answer });
  const wrong = await refusal(sent, words.no_report);
  if (wrong) return tell(button, wrong, true);
  comment.value = "";
  open(details);
  find(".sp-signposting", details)?.remove();
  if (sent.status === 204) return tell(chosen, words.sent);
  const reply = drawn(await sent.json());
  details.append(reply);
  reply.focus();
  return tell(chosen, "");
}

// The reviewed text that is due to a comment, of which nothing was kept.
function drawn({ text, services }) {
  const lines = text.split("\n").filter((line) => line.trim()).map((line) => made("p", "", line));
  const items = services.map(({ name, purpose, region, hours, url }) => {
    const outside = { href: url, rel: "noopener noreferrer", target: "_blank" };
    const named = /^https?:/.test(url) ? made("a", "", name, outside) : name;
    const where = [region, hours].filter(Boolean).join("; ");
    const about = [purpose, where].map((one) => made("span", "", one));
    return made("li", "", [made("strong", "", named), ...about]);
  });
  const list = made("ul", "sp-services", items);
  return made("div", "sp-signposting", [...lines, list], { tabIndex: -1 });
}

const acts = {
  copy: (button) => copy(button, find(".sp-ask-plain", frame(button)).textContent),
  link: (button) =>
    copy(button, `${location.origin}/#q=${encodeURIComponent(frame(button).dataset.question)}`),
  save: (button) =>
    save(button, button.dataset.form, button.closest(".sp-turn") ? [turnOf(button)] : talk.all()),
  brief: (button) => {
    const turns = ticked().map(talk.find);
    return turns.length ? save(button, "brief", turns) : tell(button, words.none_chosen, true);
  },
  verdict: (button) => open(frame(button), button.dataset.verdict),
  send,
  cancel: (button) => open(frame(button)),
};

onClick(`${FRAMES} [data-act]`, (button) => acts[button.dataset.act]?.(button));
on("keydown", ({ key, target }) => {
  const report = target.closest?.(".sp-ask-report");
  if (key === "Escape" && report) open(frame(report));
});

// The answers that a brief may be made from, as the conversation stands.
on("signpost:talk", () => {
  const items = talk.all().map(({ number, question }) => {
    const more = { type: "checkbox", value: number, checked: ticked().includes(number) };
    return made("label", "", [made("input", "", [], more), made("span", "", question)]);
  });
  find("#sp-ask-chosen").replaceChildren(...items);
  find("#sp-ask-whole").hidden = !items.length;
});
