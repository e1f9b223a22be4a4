// The drawer of filters, a form: what is set is said beside the question, and goes along with it.
const form = () => document.querySelector("#sp-ask-filters form");

page.filters = () => {
  const set = new FormData(form());
  const [pillars, facets, tiers] = ["pillars", "facets", "tiers"].map((name) => set.getAll(name));
  return { pillars, facets, tiers, audience: set.get("audience") ?? "" };
};

function tell() {
  const chosen = [...form().querySelectorAll("input:checked")].filter((one) => one.value);
  const named = chosen.map(({ dataset: { short }, type }) =>
    (type === "radio" ? `${words.notes_for} ${short}` : short));
  const line = form().querySelector(".sp-ask-only");
  line.hidden = !named.length;
  line.querySelector("span").textContent = `${words.only} ${named.join(", ")}`;
}

document.addEventListener("change", ({ target }) => target.closest("#sp-ask-filters") && tell());
// Enter would send a form that has no button to send it.
document.addEventListener("submit", (event) => event.target === form() && event.preventDefault());
document.addEventListener("reset", ({ target }) => {
  if (target !== form()) return;
  setTimeout(tell, 0);
  target.querySelector("summary").focus();
});
