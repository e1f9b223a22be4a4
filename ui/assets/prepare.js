// The browser keeps the session that stands on the page, for whoever made it; the server does not.
const KEY = "signpost.session";
const form = () => find("#session");

function keep() {
  const { elements: { plan, past }, dataset: { owner } } = form();
  const held = JSON.stringify({ plan: plan.value, past: past.value, owner });
  safely(() => (plan.value ? localStorage.setItem(KEY, held) : localStorage.removeItem(KEY)));
}

on("signpost:put", keep);
// Whoever opens an editor wants to type.
on("toggle", ({ target }) => {
  const asked = target.open && target.firstElementChild === document.activeElement;
  if (asked && target.matches(".editor")) find("textarea", target).focus();
}, true);

const held = safely(() => JSON.parse(localStorage.getItem(KEY)));
const { plan, past } = form().elements;
if (!plan.value && held?.plan && held.owner === form().dataset.owner) {
  [plan.value, past.value] = [held.plan, held.past];
  form().requestSubmit();
} else {
  keep();
}
