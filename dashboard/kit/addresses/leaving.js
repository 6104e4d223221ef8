(() => {
  const push = history.pushState;
  history.pushState = (state, title, url) => {
    const [address, query = ""] = String(url).split("?");
    const words = query.split("&").filter(Boolean);
    const mark = words.find(word => word.startsWith("MARK="));
    if (mark === undefined) return push.call(history, state, title, url);
    const page = address.split("/").pop() || "HOME";
    if (page !== mark.split("=")[1]) return;
    const rest = words.filter(word => word !== mark).join("&");
    const to = rest ? address + "?" + rest : address;
    if (to !== location.pathname + location.search) push.call(history, state, title, to);
  };
})();
