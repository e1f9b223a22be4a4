// Whoever signs out leaves nothing behind, in no tab.
on("submit", ({ target }) => {
  if (!target.matches(".sp-door")) return;
  for (const store of [sessionStorage, localStorage]) {
    Object.keys(store).filter((key) => key.startsWith("signpost.") && key !== "signpost.keep")
      .forEach((key) => store.removeItem(key));
  }
  localStorage["signpost.cleared"] = Date.now();
});
