// Sends a plan to be held against the framework, draws what comes back, and keeps the officer's judgements.
(() => {
  "use strict";
  const words = window.signpostWords;
  let sent = null;
  let rulings = {};

  const at = (id) => document.getElementById(`sp-gaps-${id}`);
  const say = (sentence) => at("said").replaceChildren(sentence);

  async function packed(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let from = 0; from < bytes.length; from += 32768) {
      text += String.fromCharCode(...bytes.subarray(from, from + 32768));
    }
    return { name: file.name, data: btoa(text) };
  }

  async function post(form) {
    const answer = await fetch("/api/gaps", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...sent, rulings, form }),
    }).catch(() => null);
    if (!answer) return say(words.offline), null;
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    say(typeof told.error === "string" ? told.error : words.view_failed);
    return null;
  }

  async function draw(item) {
    const answer = await post("page");
    if (!answer) return;
    at("shown").innerHTML = (await answer.json()).html;
    say("");
    if (item) open(item);
    else at("shown").querySelector("h2").focus({ preventScroll: true });
  }

  function open(item) {
    const found = document.getElementById(`item=${item}`);
    if (!found) return;
    found.open = true;
    found.scrollIntoView({ block: "center" });
    found.querySelector("summary").focus({ preventScroll: true });
  }

  async function ruled(file) {
    const { findings } = JSON.parse(await file.text());
    return Object.fromEntries(
      findings.filter((one) => one.officer).map((one) => [one.item_id, one.officer]),
    );
  }

  async function analyse(form) {
    const [plan, earlier, before] = ["plan", "earlier", "rulings"].map((name) => form.elements[name].files[0]);
    if (!plan) return;
    const button = form.querySelector("button");
    button.disabled = true;
    say(words.gaps_reading);
    try {
      rulings = before ? await ruled(before).catch(() => null) : {};
      if (!rulings) return say(words.gaps_no_rulings);
      sent = { plan: await packed(plan), earlier: earlier ? await packed(earlier) : null };
      await draw();
    } finally {
      button.disabled = false;
    }
  }

  async function save(form) {
    const answer = await post(form);
    if (!answer) return;
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "gaps";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const { item } = form.dataset;
    if (form.id !== "sp-gaps-form" && !form.matches(".sp-gaps-ruling")) return;
    event.preventDefault();
    if (form.id === "sp-gaps-form") return void analyse(form);
    rulings[item] = { judgement: form.elements.judgement.value, reason: form.elements.reason.value };
    draw(item);
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("#sp-gaps-shown [data-form], [data-undo], .sp-gaps-square") : null;
    if (!pressed) return;
    if (pressed.dataset.form) save(pressed.dataset.form);
    else if ("undo" in pressed.dataset) {
      const { item } = pressed.closest("form").dataset;
      delete rulings[item];
      draw(item);
    } else {
      event.preventDefault();
      open(pressed.hash.slice("#item=".length));
    }
  });
})();
