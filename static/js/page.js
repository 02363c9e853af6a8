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
