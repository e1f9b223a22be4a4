// The drawer of filters: what is set is said beside the question, and goes along with it.
(() => {
  "use strict";
  const words = window.signpostWords;
  const inputs = () => [...document.querySelectorAll("#sp-ask-filters [data-filter]")];
  const set = () => inputs().filter((one) => one.checked && one.value);

  window.signpostFilters = () => {
    const values = (name) => set().filter((one) => one.dataset.filter === name).map((one) => one.value);
    const [audience = ""] = values("audience");
    return { pillars: values("pillars"), facets: values("facets"), tiers: values("tiers"), audience };
  };

  function tell() {
    const line = document.querySelector("#sp-ask-filters .sp-ask-only");
    if (!line) return;
    const named = set().map((one) =>
      one.dataset.filter === "audience" ? `${words.notes_for} ${one.dataset.short}` : one.dataset.short);
    line.hidden = !named.length;
    line.querySelector("span").textContent = `${words.only} ${named.join(", ")}`;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("#sp-ask-filters [data-filter]")) tell();
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target?.closest('[data-act="unfilter"]')) return;
    inputs().forEach((one) => { one.checked = one.type === "radio" && !one.value; });
    tell();
    document.querySelector("#sp-ask-filters summary")?.focus();
  });
})();
