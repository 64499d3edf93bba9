// What the chat's own parts do: a marker opens its source, 复制 copies an answer.
(() => {
  // Gradio speaks the browser's language; this page is Chinese.
  Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
  Object.defineProperty(navigator, "languages", { get: () => ["zh-CN"] });

  function open(source) {
    source.open = true;
    source.classList.remove("shown");
    requestAnimationFrame(() => {
      source.classList.add("shown");
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      source.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
      source.querySelector("summary").focus({ preventScroll: true });
    });
  }

  document.addEventListener("click", (event) => {
    const marker = event.target.closest?.("a.marker");
    if (!marker) return;
    event.preventDefault();
    const source = document.getElementById(marker.hash.slice(1));
    if (source) open(source);
  });
})();
