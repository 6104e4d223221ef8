(() => {
  const BUTTON = "[class*='st-key-copyable-'] dl button", SAID_FOR = 2000;

  async function put(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const box = document.createElement("textarea");  // where the page is not served over HTTPS
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }

  async function copy(event) {
    const button = event.target.closest(BUTTON);
    if (!button) return;
    const entry = button.parentElement, said = entry.querySelector("[role=status]");
    await put(entry.querySelector("span").textContent);
    button.focus();
    said.textContent = "Copied";
    setTimeout(() => { said.textContent = ""; }, SAID_FOR);
  }

  document.addEventListener("click", copy);
})();
