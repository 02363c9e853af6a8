// made by manage.py build_assets from the parts in js/
// What the other parts share. This part comes first in app.js and is the only one without a block of its own.
// Every behaviour improves a page that already works without it, save copying, whose buttons stay hidden until then.
const find = (selector, root = document) => root.querySelector(selector);
const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

// Says a sentence to screen readers. The pause lets them notice that the same sentence is said again.
function announce(text) {
  const live = find("#announcer");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 60);
}

// Calls back with what htmx has put in place; an element that was replaced is found again by its id.
function onSwap(callback) {
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    const root = target?.isConnected ? target : document.getElementById(target?.id);
    if (root) callback(root);
  });
}

{
// [data-copy="<id of a field>"]: copies the field. data-said and data-refused are the sentences for screen readers.
const TICK_SHOWN_MS = 2000;

async function writeClipboard(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Outside https and loopback there is no clipboard to write to; the selected text can still be copied.
    field.focus();
    field.select();
    try { return document.execCommand("copy"); } catch { return false; }
  }
}

async function copyFrom(button) {
  const field = document.getElementById(button.dataset.copy);
  if (!field) return;
  if (!await writeClipboard(field)) return announce(button.dataset.refused);
  button.dataset.copied = "";
  announce(button.dataset.said);
  clearTimeout(button.tick);
  button.tick = setTimeout(() => delete button.dataset.copied, TICK_SHOWN_MS);
  button.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copyFrom(button);
});
}

{
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
}

{
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
}

{
// .menu[popover]: arrow keys, Home, End and first letters move; Tab closes. The browser itself opens and closes it.
const menuItems = (menu) => findAll("a, button:enabled", menu);
const menuButton = (menu) => find(`[popovertarget="${menu.id}"]`);

function stepInMenu(items, key) {
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: items.length - 1 };
  return key in steps ? items.at(steps[key] % items.length) : null;
}

function itemByLetter(items, letter) {
  const after = items.indexOf(document.activeElement) + 1;
  const ring = [...items.slice(after), ...items.slice(0, after)];
  return ring.find((item) => item.textContent.trim().toLowerCase().startsWith(letter.toLowerCase()));
}

function moveInMenu(menu, event) {
  if (event.key === "Tab") return menu.hidePopover();
  const items = menuItems(menu);
  const step = stepInMenu(items, event.key);
  if (step) {
    event.preventDefault();
    step.focus();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    itemByLetter(items, event.key)?.focus();
  }
}

// Browsers without CSS anchor positioning get the same place from two numbers.
function placeMenu(menu) {
  if (CSS.supports("position-area", "block-end")) return;
  const box = menuButton(menu)?.getBoundingClientRect();
  if (!box) return;
  menu.style.top = `${box.bottom}px`;
  menu.style.left = `${Math.max(8, box.right - menu.offsetWidth)}px`;
}

// The browser itself moves the focus to the first item: waiting for "toggle" would be too late for a second quick Enter.
// The attribute is set here, since in the page it would also ask for the focus when the page is loaded.
document.addEventListener("beforetoggle", (event) => {
  if (event.target.matches(".menu") && event.newState === "open") menuItems(event.target)[0].autofocus = true;
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches(".menu")) return;
  const isOpen = event.newState === "open";
  menuButton(menu)?.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) placeMenu(menu);
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest(".menu");
  if (menu) moveInMenu(menu, event);
});
}

{
// form[data-theme-switch]: the choice shows at once, the server keeps it in its cookie.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const chosen = event.submitter;
  const root = document.documentElement;
  if (chosen.value === "system") delete root.dataset.theme;
  else root.dataset.theme = chosen.value;
  for (const button of findAll("button", form)) button.setAttribute("aria-pressed", String(button === chosen));
  announce(chosen.dataset.said);
  const body = new FormData(form, chosen);
  // Unanswered, the choice still holds for this page; nothing else is lost.
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
});
}

{
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
}

{
// "/" goes to the page's search box, unless someone is writing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const box = find("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
});
}

{
// [data-poll]: a page that nobody sees does not ask.
document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail?.ctx?.sourceElement ?? event.target;
  if (document.hidden && source.matches("[data-poll]")) event.preventDefault();
});
}

{
// On a narrow screen the current tab may lie outside its scroller.
function revealCurrentTabs(root) {
  for (const tab of findAll(".tabs [aria-current], .left-tabs [aria-current]", root)) {
    const bar = tab.parentElement;
    if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - 16;
  }
}

revealCurrentTabs(document);
onSwap(revealCurrentTabs);
}

{
// A form that came back leads to its first wrong field.
const focusFirstError = (root) => find('[aria-invalid="true"]', root)?.focus();

focusFirstError(document);
onSwap(focusFirstError);
}
