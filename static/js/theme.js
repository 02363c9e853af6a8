// Loaded in <head> without defer, so that what needs scripts never flashes. The theme itself is rendered by the
// server (data-theme on <html>); this only marks that scripts run.
document.documentElement.classList.add("js");
