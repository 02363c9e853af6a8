// [data-secret] fields hold what is shown only once: they are emptied when their dialog closes and when the page is left.
function emptySecrets(root) {
  for (const field of findAll("[data-secret]", root)) {
    field.defaultValue = "";
    field.value = "";
  }
}

document.addEventListener("close", (event) => emptySecrets(event.target), true);
addEventListener("pagehide", () => emptySecrets(document));

// A page out of the back-forward cache would show an emptied dialog: go where its button leads.
addEventListener("pageshow", (event) => {
  const way = event.persisted && find("dialog:has([data-secret]) form");
  if (way) location.replace(way.action);
});
