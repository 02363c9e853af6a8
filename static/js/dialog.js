// dialog[data-modal] arrives in #dialog-root and opens there. data-locked closes only through its own button,
// [data-close] closes, data-return-to names what gets the focus afterwards.
let opener = null;

function showDialogs() {
  // One that is open already is part of its page.
  for (const dialog of findAll("dialog[data-modal]:not([open])")) {
    dialog.classList.remove("page");
    dialog.showModal();
    (find("[data-initial-focus]", dialog) ?? find("h2", dialog))?.focus();
  }
}

// By id, because the element itself may have been replaced while the dialog was open.
function returnFocus() {
  const target = (opener?.id && document.getElementById(opener.id)) || opener;
  const visible = target?.isConnected && target.checkVisibility();
  (visible ? target : find("#main h1"))?.focus();
}

function closeDialog(dialog) {
  opener = document.getElementById(dialog.dataset.returnTo) ?? opener;
  dialog.close();
}

document.addEventListener("click", (event) => {
  const dialog = event.target.closest("[data-close]")?.closest("dialog");
  // As part of a page the same button submits a form that leads away instead.
  if (!dialog?.matches(":modal")) return;
  event.preventDefault();
  closeDialog(dialog);
});

document.addEventListener("cancel", (event) => {
  if (event.target.matches("dialog[data-locked]")) event.preventDefault();
}, true);

document.addEventListener("close", (event) => {
  if (!event.target.matches("dialog[data-modal]")) return;
  event.target.remove();
  returnFocus();
}, true);

document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail?.ctx?.sourceElement?.closest("[data-opens-dialog]");
  if (!source) return;
  const menu = source.closest(".menu");
  opener = menu ? find(`[popovertarget="${menu.id}"]`) : source;
  menu?.hidePopover();
});

document.addEventListener("htmx:after:swap", (event) => {
  const { sourceElement, target } = event.detail?.ctx ?? {};
  const dialog = sourceElement?.closest("dialog:modal");
  if (dialog && target?.id !== "dialog-root") closeDialog(dialog);
  showDialogs();
});
