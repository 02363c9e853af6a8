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
