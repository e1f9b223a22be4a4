// What is done with an answer and with a conversation: copied, linked to, saved, reported.
(() => {
  "use strict";
  const words = window.signpostWords;
  const talk = window.signpostTalk;
  const made = window.signpostMade;
  const numberOf = (element) => Number(element.closest(".sp-turn")?.dataset.number);

  const frame = (element) => element.closest(".sp-ask-actions, #sp-ask-whole");

  function tell(button, text, wrong = false) {
    const line = frame(button).querySelector(":scope > .sp-ask-told");
    line.textContent = "";
    line.classList.toggle("sp-ask-wrong", wrong);
    // Emptied first, so that the same words are told anew.
    setTimeout(() => { line.textContent = text; }, 0);
  }

  // A page that comes over plain HTTP has no clipboard.
  async function copy(button, text) {
    const done = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    tell(button, done ? words.copied : words.not_copied, !done);
  }

  async function save(button, form, turns) {
    const [library = "", another] = new Set(turns.map((one) => one.library).filter(Boolean));
    if (another) return tell(button, words.one_library, true);
    button.disabled = true;
    const sent = { form, library, answers: turns.map((one) => one.answer), turns: turns.map((one) => one.turns) };
    const wrong = await window.signpostDownload("/api/export", sent);
    button.disabled = false;
    button.focus();
    tell(button, wrong || words.saved, Boolean(wrong));
  }

  function open(details, verdict) {
    const report = details.querySelector(".sp-ask-report");
    report.hidden = !verdict;
    for (const one of details.querySelectorAll("[data-verdict]")) {
      one.setAttribute("aria-pressed", String(one.dataset.verdict === verdict));
    }
    if (verdict) report.querySelector("textarea").focus();
  }

  async function send(button) {
    const details = frame(button);
    const chosen = details.querySelector('[aria-pressed="true"]');
    const comment = details.querySelector(".sp-ask-report textarea");
    const { answer } = talk.find(numberOf(button));
    const sent = await window.signpostPost("/api/feedback", { verdict: chosen.dataset.verdict, comment: comment.value, answer });
    if (!sent) return tell(button, words.offline, true);
    if (!sent.ok) return tell(button, (await sent.json().catch(() => ({}))).error ?? words.no_report, true);
    comment.value = "";
    open(details, "");
    chosen.focus();
    details.querySelector(".sp-signposting")?.remove();
    if (sent.status === 204) return tell(chosen, words.sent);
    const reply = drawn(await sent.json());
    details.append(reply);
    reply.focus();
    return tell(chosen, "");
  }

  // The reviewed text that is due to a comment, of which nothing was kept.
  function drawn({ text, services }) {
    const reply = made("div", "sp-signposting", "", { tabIndex: -1 });
    const list = made("ul", "sp-services");
    reply.append(...text.split("\n").filter((line) => line.trim()).map((line) => made("p", "", line)), list);
    services.forEach(({ name, purpose, region, url }) => {
      const [item, strong] = [made("li"), made("strong")];
      strong.append(/^https?:/.test(url) ? made("a", "", name, { href: url, rel: "noopener noreferrer", target: "_blank" }) : name);
      item.append(strong, made("span", "", purpose), made("span", "", region));
      list.append(item);
    });
    return reply;
  }

  function close(details) {
    const chosen = details.querySelector('[aria-pressed="true"]');
    open(details, "");
    chosen?.focus();
  }

  const acts = {
    copy: (button) => copy(button, frame(button).querySelector(".sp-ask-plain").textContent),
    link: (button) => copy(button, `${location.origin}/#q=${encodeURIComponent(frame(button).dataset.question)}`),
    save: (button) => {
      const turns = button.closest(".sp-turn") ? [talk.find(numberOf(button))] : talk.all();
      return save(button, button.dataset.form, turns);
    },
    brief: (button) => {
      const chosen = [...document.querySelectorAll("#sp-ask-chosen input:checked")];
      const turns = chosen.map((one) => talk.find(Number(one.value)));
      return turns.length ? save(button, "brief", turns) : tell(button, words.none_chosen, true);
    },
    verdict: (button) => open(frame(button), button.dataset.verdict),
    send,
    cancel: (button) => close(frame(button)),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".sp-ask-actions [data-act], #sp-ask-whole [data-act]");
    if (button) acts[button.dataset.act]?.(button);
  });

  document.addEventListener("keydown", (event) => {
    const report = event.target instanceof Element ? event.target.closest(".sp-ask-report") : null;
    if (event.key === "Escape" && report) close(frame(report));
  });

  // The answers that a brief may be made from, as the conversation stands.
  document.addEventListener("signpost:talk", () => {
    const list = document.getElementById("sp-ask-chosen");
    if (!list) return;
    const ticked = new Set([...list.querySelectorAll("input:checked")].map((one) => one.value));
    const items = talk.all().map((turn) => {
      const label = made("label");
      const tick = made("input", "", "", { type: "checkbox", value: turn.number, checked: ticked.has(String(turn.number)) });
      label.append(tick, made("span", "", turn.question));
      return label;
    });
    list.replaceChildren(...items);
    document.getElementById("sp-ask-whole").hidden = !items.length;
  });
})();
