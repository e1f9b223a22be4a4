// The browser keeps the session that stands on the page, for whoever made it; the server keeps none.
(() => {
  "use strict";
  const KEY = "signpost.session";
  const form = () => document.getElementById("session");

  // Without room in the browser the session lasts as long as the page.
  const safely = (work) => { try { return work(); } catch { return null; } };

  function keep() {
    const { plan, past } = form().elements;
    const held = JSON.stringify({ plan: plan.value, past: past.value, owner: form().dataset.owner });
    safely(() => (plan.value ? localStorage.setItem(KEY, held) : localStorage.removeItem(KEY)));
  }

  function restore() {
    const held = safely(() => JSON.parse(localStorage.getItem(KEY)));
    const { plan, past } = form().elements;
    if (plan.value || !held?.plan || held.owner !== form().dataset.owner) return keep();
    [plan.value, past.value] = [held.plan, held.past];
    form().requestSubmit();
  }

  document.addEventListener("signpost:put", keep);
  // Whoever opens an editor wants to type.
  document.addEventListener("toggle", ({ target }) => {
    const asked = target.open && target.matches(".editor") && target.firstElementChild === document.activeElement;
    if (asked) target.querySelector("textarea").focus();
  }, true);
  restore();
})();
