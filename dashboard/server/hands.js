(() => {
  const FIELDS = "input:not([disabled]), textarea:not([disabled]), [role=combobox], [role=radio]";
  const DAY = "[data-testid=stDateInput]";
  const NARROW = matchMedia("(max-width: 768px)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  const RESTYLED_MILLISECONDS = 300;  // until the platform knows its own new theme
  const MENU = "[data-testid=stSidebar]";
  const POPOVER = "[data-testid=stPopoverBody]";
  const STOPS = "button:not([disabled]), a[href], input:not([disabled]), textarea:not([disabled]), [role=combobox]";
  let begun = null, placed = null, awaited = false, shown = null, opened = null, byKey = false, left = null, owed = null;
  let isDrawn = false, entered = null;

  const isSeen = element => element.getClientRects().length > 0;
  const dialogOpen = () => document.querySelector("[data-testid=stDialog] [role=dialog], [role=dialog][data-testid=stDialog]");
  const hits = dialog => [...dialog.querySelectorAll("[class*='st-key-finder-hits'] button")].filter(isSeen);
  const hasSettled = () => document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") !== null;

  function firstField(dialog) {
    // a day is none: its calendar opens with the cursor, and lies over the rest of the dialog
    const fields = [...dialog.querySelectorAll(FIELDS)].filter(field => isSeen(field) && !field.closest(DAY));
    const first = fields[0];
    return first && first.type === "radio" ? fields.find(each => each.name === first.name && each.checked) || first : first;
  }

  function look() {
    const dialog = dialogOpen();
    if (!dialog) {
      if (begun) owed = left;
      begun = placed = null;
      awaited = false;
      goBack();
      return;
    }
    if (awaited && hasSettled() && hits(dialog).length) { awaited = false; hits(dialog)[0].focus(); }
    if (begun === dialog && (placed === null || (document.activeElement !== placed && isSeen(placed)))) return;
    const field = firstField(dialog);
    if (!field || field === placed) return;
    const isFree = begun === dialog || !dialog.contains(document.activeElement)
      || !document.activeElement.matches(FIELDS);
    begun = dialog;
    placed = isFree ? field : null;
    if (isFree) field.focus();
  }

  function noteLeft(event) {  // what was under the cursor before a dialog opened, and where to look if it is drawn anew
    const stop = event.target;
    if (!stop.matches(STOPS) || stop.closest(`[role=dialog], ${POPOVER}`)) return;
    const places = [];
    for (let place = stop.closest("[class*='st-key-']"); place; place = place.parentElement.closest("[class*='st-key-']"))
      places.push([[...place.classList].find(name => name.startsWith("st-key-")), [...place.querySelectorAll(STOPS)].indexOf(stop)]);
    left = { stop, places };
  }

  function goBack() {  // to what opened the dialog: the platform forgets it where a save draws it anew
    if (!owed || !hasSettled() || document.activeElement !== document.body) return;
    const again = owed.places.map(([name, at]) => document.querySelectorAll(`.${CSS.escape(name)}`)[0]?.querySelectorAll(STOPS)[at]);
    const found = [owed.stop, ...again].find(stop => stop && stop.isConnected && isSeen(stop));
    if (found) found.focus();
  }

  function enterPopover() {  // it stands at the end of the page: Tab would go through all the rest first
    const popover = document.querySelector(POPOVER);
    if (!popover || !byKey) { opened = popover; return; }
    if (popover === opened && !entered) return;
    const first = [...popover.querySelectorAll(STOPS)].find(stop => isSeen(stop) && !stop.closest(DAY));
    if (!first || first === entered) return;  // what it holds is still on its way, and need not come in order
    opened = popover;
    entered = first;
    first.focus();
  }

  function showTab() {  // the platform leaves a bar that can be scrolled at its beginning
    const tab = document.querySelector("[data-testid=stTabs] [role=tab][aria-selected=true]");
    if (!tab || tab === shown) return;
    shown = tab;
    let bar = tab.parentElement;
    while (bar && bar.scrollWidth <= bar.clientWidth) bar = bar.parentElement;
    if (!bar) return;
    const aside = tab.getBoundingClientRect().left - bar.getBoundingClientRect().left;
    bar.scrollLeft += aside - (bar.clientWidth - tab.clientWidth) / 2;
  }

  function nameDropzones() {  // the platform says of them that there is nothing, and yet one can stop there
    document.querySelectorAll("[data-testid=stFileUploaderDropzone][role=presentation]")
      .forEach(zone => zone.setAttribute("role", "group"));
  }

  function step(event) {
    const dialog = dialogOpen();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !dialog || !dialog.querySelector("[class*='st-key-finder-text']")) return;
    const box = dialog.querySelector("input");
    const stops = [box, ...hits(dialog)];
    const at = stops.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    if (at === 0 && by > 0 && box.value !== (box.dataset.searched || "")) {
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }));
      awaited = true;
      return;
    }
    const next = stops[at + by];
    if (next) next.focus();
  }

  function closeDialog(event) {  // the menu that it was chosen from is still open below it for a moment, and takes the key
    const dialog = event.key === "Escape" && document.querySelector(POPOVER) && dialogOpen();
    const button = dialog && dialog.contains(document.activeElement) && dialog.querySelector("[aria-label=Close]");
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    button.click();
  }

  function chooseRow(event) {  // the platform hears Shift and the space bar alone
    if (event.shiftKey || !["Enter", " "].includes(event.key) || !event.target.closest("[data-testid=stDataFrame]")) return;
    if (!event.target.matches("canvas, canvas *")) return;
    event.preventDefault();
    event.stopPropagation();
    const both = { key: " ", code: "Space", keyCode: 32, shiftKey: true, bubbles: true, cancelable: true };
    event.target.dispatchEvent(new KeyboardEvent("keydown", both));
  }

  function noteSearch(event) {
    if (event.key === "Enter" && event.target.matches("[class*='st-key-finder-text'] input"))
      event.target.dataset.searched = event.target.value;
  }

  const closeMenu = () => {
    const button = NARROW.matches && document.querySelector(`${MENU} [data-testid=stSidebarCollapseButton] button`);
    if (button) button.click();
  };
  function closeFirst() {  // as it is drawn first; from then on it is the person who opens it
    if (isDrawn || !document.querySelector(`${MENU}, [data-testid=stExpandSidebarButton]`)) return;
    isDrawn = true;
    closeMenu();
  }
  const leaveMenuClosed = () => {
    if (!NARROW.matches) return;
    Object.keys(localStorage).filter(key => key.startsWith("stSidebarCollapsed"))
      .forEach(key => localStorage.setItem(key, "true"));
  };

  function drawAnew() {  // charts and the logo are drawn in the colours of the last run: the platform's key asks for one
    const again = { key: "r", code: "KeyR", keyCode: 82, which: 82, bubbles: true };
    setTimeout(() => document.body.dispatchEvent(new KeyboardEvent("keydown", again)), RESTYLED_MILLISECONDS);
  }

  const takeOver = event => {  // from now on the person says where the cursor is
    placed = owed = entered = null;
    byKey = event.type === "keydown";
    opened = document.querySelector(POPOVER);
  };
  document.addEventListener("keydown", takeOver, true);
  document.addEventListener("pointerdown", takeOver, true);
  document.addEventListener("focusin", noteLeft, true);
  document.addEventListener("keydown", noteSearch, true);
  document.addEventListener("keydown", closeDialog, true);
  document.addEventListener("keydown", step, true);
  document.addEventListener("keydown", chooseRow, true);
  document.addEventListener("click", event => {
    if (event.target.closest(`${MENU} a`)) setTimeout(closeMenu);
  });
  addEventListener("pagehide", leaveMenuClosed);
  DARK.addEventListener("change", drawAnew);
  new MutationObserver(() => { closeFirst(); look(); enterPopover(); showTab(); nameDropzones(); }).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state"],
  });
})();
