// Lets what stands on the page grow into what the server has drawn since: what already stands stays as it is,
// and with it focus, selection and open panels; what is new is put in its place.
window.signpostGrow = (() => {
  "use strict";
  const kind = (node) => (node.nodeType === 1 ? `${node.nodeName} ${node.id} ${node.className.replace(/ ?sp-(open|reading)/g, "")}` : "text");

  // Whether a node is the beginning of another, or else the one of its kind in its place.
  function begins(old, fresh) {
    if (kind(old) !== kind(fresh)) return false;
    const alone = (node) => [...node.parentNode.childNodes].filter((one) => kind(one) === kind(node)).length === 1;
    return fresh.textContent.startsWith(old.textContent.trimEnd()) || (alone(old) && alone(fresh));
  }

  function grow(old, fresh) {
    if (old.nodeType !== 1) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    for (const { name, value } of fresh.attributes) if (name !== "class") old.setAttribute(name, value);
    let at = old.firstChild;
    for (const node of [...fresh.childNodes]) {
      let stands = at;
      while (stands && !begins(stands, node)) stands = stands.nextSibling;
      if (!stands) {
        old.insertBefore(node, at);
        continue;
      }
      while (at !== stands) at = removed(at);
      at = stands.nextSibling;
      if (!stands.isEqualNode(node)) grow(stands, node);
    }
    while (at) at = removed(at);
  }

  function removed(node) {
    const after = node.nextSibling;
    node.remove();
    return after;
  }

  return grow;
})();
