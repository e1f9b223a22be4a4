// The conversations that this browser keeps, and nobody else. A tab has its own in its session
// storage, a list of turns {number, question, answer}, so that two tabs never mix; all of them,
// {id, turns}, stand in the local storage.
const [TAB, ALL] = ["sessionStorage", "localStorage"];
const MOST_TURNS = 20;
const MOST_TALKS = 30;
const MOST_CHARS = 4 * 1024 * 1024;
let turns = [];
let owner = "";
let id = "";

const call = (store, name, ...given) => safely(() => window[store][name](...given));
const get = (store, name) => call(store, "getItem", `signpost.${name}`);
// Tells whether there was room.
const set = (store, name, value) => call(store, "setItem", `signpost.${name}`, value) !== null;
const read = (store, name) => [safely(() => JSON.parse(get(store, name)))].find(Array.isArray);

const keeps = () => get(ALL, "keep") !== "no";
// Without earlier questions, too, of which one is not kept.
function plain() {
  const kept = turns.filter((one) => one.answer && !one.answer.signposting && !one.library);
  const asked = kept.map((one) => one.question);
  const known = (one) => (one.turns ?? []).every((text) => asked.includes(text));
  return kept.map((one) => (known(one) ? one : { ...one, turns: [] }));
}
const fresh = () => `${Date.now()}${Math.random()}`;
const sound = (some) => some?.filter((one) => Number.isInteger(one?.number)) ?? null;
const list = () => (read(ALL, "talks") ?? []).filter((one) => one?.id && one.turns?.[0]?.question);
const named = (wanted) => list().find((one) => one.id === wanted);

const forget = () => ["talk", "talks", "id"].forEach((name) =>
  [TAB, ALL].forEach((store) => call(store, "removeItem", `signpost.${name}`)));

function here() {
  set(TAB, "owner", owner);
  set(TAB, "id", id);
  return set(TAB, "talk", JSON.stringify(plain().slice(-MOST_TURNS)));
}

function write() {
  if (!keeps()) return;
  set(ALL, "owner", owner);
  // What met a reviewed text, may be no policy question, or holds words of a library is not kept.
  const kept = () => (plain().length ? [{ id, turns: plain() }] : []);
  const others = list().filter((one) => one.id !== id).slice(0, MOST_TALKS - kept().length);
  const fits = (text) => text.length <= MOST_CHARS && here() && set(ALL, "talks", text);
  while (!fits(JSON.stringify([...kept(), ...others])) && (others.length || turns.length)) {
    if (others.length) others.pop();
    else turns = turns.slice(1);
  }
}

page.talk = {
  MOST_TURNS,
  keeps,
  list,
  all: () => turns,
  isOpen: (one) => one === id,
  find: (number) => turns.find((one) => one.number === number),
  // What an earlier visit left, unless somebody else was signed in: a tab may have been left open.
  load(name) {
    owner = name;
    if (!keeps() || [TAB, ALL].some((store) => (get(store, "owner") ?? name) !== name)) forget();
    const [last] = list();
    turns = sound(read(TAB, "talk"));
    id = (turns ? get(TAB, "id") : last?.id) || fresh();
    turns = (turns ?? sound(last?.turns) ?? []).slice(-MOST_TURNS);
    if (turns.length) here();
    return turns;
  },
  add(turn) {
    // Where another tab went on with it, this one goes on with a conversation of its own.
    if ((named(id)?.turns ?? plain()).length !== plain().length) id = fresh();
    turns = [...turns, turn].slice(-MOST_TURNS);
    write();
  },
  // Written only where it changes something: another tab may have added to its own since.
  only(numbers) {
    const found = turns.filter((one) => numbers.has(one.number));
    if (found.length === turns.length) return;
    turns = found;
    write();
  },
  // An empty list stays with the tab, so that loading it anew does not bring the old one back.
  open(wanted = "") {
    turns = sound(named(wanted)?.turns) ?? [];
    id = turns.length ? wanted : fresh();
    if (keeps()) here();
    return turns;
  },
  remove: (wanted) =>
    set(ALL, "talks", JSON.stringify(list().filter((one) => one.id !== wanted))),
  // Told to the other tabs by the change itself.
  clear() {
    turns = [];
    forget();
    set(ALL, "cleared", String(Date.now()));
  },
  keep(wanted) {
    set(ALL, "keep", wanted ? "yes" : "no");
    if (wanted) write();
    else forget();
  },
  // Another tab cleared the history, or switched keeping off.
  onchange: (told) => addEventListener("storage", ({ key }) => {
    const cleared = key === "signpost.cleared" || key === null;
    if (cleared) turns = [];
    if (cleared) forget();
    if (key === "signpost.keep" && !keeps()) call(TAB, "removeItem", "signpost.talk");
    if (cleared || key === "signpost.keep" || key === "signpost.talks") told(cleared);
  }),
};
