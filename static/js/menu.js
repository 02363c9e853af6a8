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
