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
