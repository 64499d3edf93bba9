// What the chat's own parts do: a marker opens its source, 复制 copies an answer, a new question is kept in view.
(() => {
  // Gradio speaks the browser's language; this page is Chinese.
  Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
  Object.defineProperty(navigator, "languages", { get: () => ["zh-CN"] });

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let followed = null; // the row of the question that is being answered
  let rows = 0;

  function show(source) {
    source.open = true;
    source.classList.remove("shown");
    requestAnimationFrame(() => {
      source.classList.add("shown");
      source.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "nearest" });
      source.querySelector("summary").focus({ preventScroll: true });
    });
  }

  function written(message) {
    const lines = (selector) => Array.from(message.querySelectorAll(selector), (element) => element.innerText.trim());
    const sources = Array.from(message.querySelectorAll(".source"), (source) =>
      [".number", ".title", ".above", ".heading"]
        .map((part) => source.querySelector(part)?.textContent ?? "")
        .reduce((text, part) => text + (text.endsWith("› ") ? "" : " ") + part)
        .trim()
    );
    return [...lines(".line"), ...(sources.length ? ["", ...lines(".caption"), ...sources] : [])].join("\n");
  }

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Browsers offer the clipboard only to https and to this machine itself; elsewhere a selection is copied.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  document.addEventListener("click", async (event) => {
    followed = null;
    const marker = event.target.closest?.("a.marker");
    const button = event.target.closest?.("button.copy");
    if (marker) {
      event.preventDefault();
      const source = document.getElementById(marker.hash.slice(1));
      if (source) show(source);
    } else if (button) {
      await copy(written(button.closest(".answer, .refusal")));
      button.textContent = "已复制";
      setTimeout(() => (button.textContent = "复制"), 1500);
    }
  });

  for (const moved of ["wheel", "touchmove"]) {
    document.addEventListener(moved, () => (followed = null), { passive: true });
  }

  new MutationObserver(() => {
    const chat = document.getElementById("chat");
    if (!chat) return;
    // Gradio labels each message with its HTML; without the label a screen reader reads the text.
    for (const message of chat.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
    const asked = chat.querySelectorAll(".user-row");
    if (asked.length > rows) followed = asked[asked.length - 1];
    rows = asked.length;
    if (followed) followed.scrollIntoView({ block: "start" });
  }).observe(document, { childList: true, subtree: true });
})();
