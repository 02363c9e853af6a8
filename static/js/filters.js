// "/" goes to the page's search box, unless someone is writing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const box = find("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
});
