// On a narrow screen the current tab may lie outside its scroller.
function revealCurrentTabs(root) {
  for (const tab of findAll(".tabs [aria-current], .left-tabs [aria-current]", root)) {
    const bar = tab.parentElement;
    if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - 16;
  }
}

revealCurrentTabs(document);
onSwap(revealCurrentTabs);
