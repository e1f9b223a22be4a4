// Lets what stands on the page grow into what the server has drawn since: what already stands stays
// as it is, and with it focus, selection and open panels; what is new is put in its place.
const kind = (node) => (node.nodeType === 1
  ? `${node.nodeName} ${node.id} ${node.className.replace(/ ?sp-(open|reading)/g, "")}` : "text");
const isAlone = (node) =>
  [...node.parentNode.childNodes].filter((one) => kind(one) === kind(node)).length === 1;
// Whether a node is the beginning of another, or else the one of its kind in its place.
const begins = (old, fresh) => kind(old) === kind(fresh)
  && (fresh.textContent.startsWith(old.textContent.trimEnd()) || (isAlone(old) && isAlone(fresh)));

page.grow = function grow(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "class") old.setAttribute(name, value);
  }
  const left = [...old.childNodes];
  for (const node of [...fresh.childNodes]) {
    const at = left.findIndex((one) => begins(one, node));
    if (at < 0) old.insertBefore(node, left[0] ?? null);
    else {
      left.splice(0, at).forEach((one) => one.remove());
      const stands = left.shift();
      if (!stands.isEqualNode(node)) grow(stands, node);
    }
  }
  left.forEach((one) => one.remove());
};
