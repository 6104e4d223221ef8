(() => {
  const COOKIES = { shown: "unseen-receipts", opened: "unseen-opened" };  // each with what is noted in it
  const BETWEEN = ".", MOST = 20;
  const noted = {};
  function note(cookie, key) {
    const arrived = document.querySelector(`[class*='st-key-${key}']`);
    const text = arrived ? arrived.textContent.trim() : "";
    if (!text || noted[cookie] === text) return;
    noted[cookie] = text;
    const kept = document.cookie.split("; ").find(each => each.startsWith(`${cookie}=`)) || `${cookie}=`;
    const before = kept.slice(cookie.length + 1).split(BETWEEN);
    const all = [...new Set([...text.split(BETWEEN), ...before])].filter(Boolean);
    document.cookie = `${cookie}=${all.slice(0, MOST).join(BETWEEN)}; path=/; SameSite=Strict`;
  }
  const look = () => Object.entries(COOKIES).forEach(([cookie, key]) => note(cookie, key));
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
})();
