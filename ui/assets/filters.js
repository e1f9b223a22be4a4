// The drawer of filters, a form: what is set is said beside the question, and goes along with it.
(() => {
  "use strict";
  const words = window.signpostWords;
  const form = () => document.querySelector("#sp-ask-filters form");

  window.signpostFilters = () => {
    const [set, names] = [new FormData(form()), ["pillars", "facets", "tiers"]];
    return { ...Object.fromEntries(names.map((name) => [name, set.getAll(name)])), audience: set.get("audience") ?? "" };
  };

  function tell() {
    const named = [...form().querySelectorAll("input:checked")].filter((one) => one.value).map((one) =>
      one.name === "audience" ? `${words.notes_for} ${one.dataset.short}` : one.dataset.short);
    const line = form().querySelector(".sp-ask-only");
    line.hidden = !named.length;
    line.querySelector("span").textContent = `${words.only} ${named.join(", ")}`;
  }

  document.addEventListener("change", (event) => event.target.form && event.target.form === form() && tell());
  // Enter would send a form that has no button to send it.
  document.addEventListener("submit", (event) => event.target === form() && event.preventDefault());
  document.addEventListener("reset", (event) => {
    if (event.target !== form()) return;
    setTimeout(tell, 0);
    form().querySelector("summary").focus();
  });
})();
