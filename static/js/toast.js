// #toasts: says that the server failed or could not be reached, in the words of its data attributes.
function toast(text) {
  const box = find("#toast-template")?.content.cloneNode(true);
  if (!box) return;
  find("span", box).textContent = text;
  find("#toasts").replaceChildren(box);
}

document.addEventListener("htmx:error", () => toast(find("#toasts").dataset.unreachable));
document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail?.ctx?.response?.status ?? 0;
  if (status >= 500) toast(find("#toasts").dataset.failed);
});
document.addEventListener("click", (event) => event.target.closest(".toast [data-close]")?.closest(".toast").remove());
