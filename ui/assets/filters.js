// The drawer of filters, a form: what is set is said beside the question, and goes along with it.
const form = () => find("#sp-ask-filters form");

page.filters = () => {
  const set = new FormData(form());
  const [pillars, facets, tiers] = ["pillars", "facets", "tiers"].map((name) => set.getAll(name));
  return { pillars, facets, tiers, audience: set.get("audience") ?? "" };
};

function tell() {
  const named = findAll("input:checked:not([value=''])", form()).map(({ dataset, type }) =>
    (type === "radio" ? `${words.notes_for} ${dataset.short}` : dataset.short));
  const line = find(".sp-ask-only", form());
  line.hidden = !named.length;
  find("span", line).textContent = `${words.only} ${named.join(", ")}`;
}

on("change", ({ target }) => target.closest("#sp-ask-filters") && tell());
on("reset", ({ target }) => {
  if (target !== form()) return;
  setTimeout(tell, 0);
  find("summary", target).focus();
});
