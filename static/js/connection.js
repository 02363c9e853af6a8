// [data-poll]: a page that nobody sees does not ask.
document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail?.ctx?.sourceElement ?? event.target;
  if (document.hidden && source.matches("[data-poll]")) event.preventDefault();
});
