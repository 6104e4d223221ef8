(() => {
  if (window.receiptsAreKept) return;
  window.receiptsAreKept = true;
  const COOKIE = "shown", BETWEEN = ".", MOST = 20;
  function note() {
    const arrived = document.querySelector("[class*='st-key-unseen-receipts']");
    if (!arrived) return;
    const kept = document.cookie.split("; ").find(each => each.startsWith(`${COOKIE}=`)) || `${COOKIE}=`;
    const before = kept.slice(COOKIE.length + 1).split(BETWEEN);
    const shown = [...new Set([...arrived.textContent.trim().split(BETWEEN), ...before])].filter(Boolean);
    document.cookie = `${COOKIE}=${shown.slice(0, MOST).join(BETWEEN)}; path=/; SameSite=Strict`;
  }
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
})();
