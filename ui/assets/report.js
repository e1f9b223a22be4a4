// Filters the cases of a report, and opens what is shown of them before it is printed.
(() => {
  "use strict";
  const form = document.querySelector(".filter");
  if (!form) return;
  const [right, family, words] = ["rp-right", "rp-family", "rp-words"].map((id) => document.getElementById(id));
  const count = document.getElementById("rp-count");
  const cases = [...document.querySelectorAll("details.case")];

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    for (const one of cases) {
      const fits =
        (!right.value || one.dataset.right === right.value) &&
        (!family.value || one.dataset.family === family.value) &&
        (!wanted || one.textContent.toLowerCase().includes(wanted));
      one.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${cases.length} cases`;
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open], [hidden])")];
    closed.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
