// The page's own parts around Gradio's chat: tabs, sidebar, theme, and a word when the server is gone.
import { byId, call, element, narrow, notice, tried } from "./common.js";
import { answering, forget, watchChat } from "./chat.js";
import { closePanel, watchPanel } from "./panel.js";
import { refreshTalks, watchTalks } from "./talks.js";
import { refreshLibrary, watchLibrary } from "./library.js";
import { watchPreview } from "./preview.js";
import { watchExamples } from "./examples.js";
import { watchFilters } from "./filters.js";

// Gradio speaks the browser's language; this page is Chinese.
Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
Object.defineProperty(navigator, "languages", { get: () => ["zh-CN"] });

function watchTabs() {
  const show = (library) => {
    document.body.classList.toggle("in-library", library);
    byId("library").hidden = !library;
    byId("tab-library").setAttribute("aria-selected", String(library));
    byId("tab-chat").setAttribute("aria-selected", String(!library));
    if (library) refreshLibrary();
  };
  byId("tab-chat").addEventListener("click", () => show(false));
  byId("tab-library").addEventListener("click", () => show(true));
  byId("tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = document.activeElement === byId("tab-chat") ? byId("tab-library") : byId("tab-chat");
    other.focus();
    other.click();
  });
  addEventListener("chat", () => show(false));
}

function watchSidebar() {
  const toggle = byId("talks-toggle");
  const show = (open) => {
    document.body.classList.toggle("talks-open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  show(!narrow.matches && localStorage.getItem("talks") !== "closed");
  toggle.addEventListener("click", () => {
    const open = !document.body.classList.contains("talks-open");
    show(open);
    if (!narrow.matches) localStorage.setItem("talks", open ? "open" : "closed");
  });
  narrow.addEventListener("change", () => show(!narrow.matches));
  document.addEventListener("click", (event) => {
    if (narrow.matches && !event.target.closest("#talks, #talks-toggle, #menu, #dialog")) show(false);
  });
  addEventListener("talk", () => narrow.matches && show(false));
}

function watchTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => {
    const chosen = localStorage.getItem("theme");
    return chosen ? chosen === "dark" : dark.matches;
  };
  const set = () => {
    if (document.body.classList.contains("dark") !== wanted()) document.body.classList.toggle("dark", wanted());
    document.documentElement.classList.toggle("dark", wanted());
  };
  byId("theme").addEventListener("click", () => {
    const next = !wanted();
    if (next === dark.matches) localStorage.removeItem("theme");
    else localStorage.setItem("theme", next ? "dark" : "light");
    set();
    notice(next ? "深色" : "浅色");
  });
  dark.addEventListener("change", set);
  new MutationObserver(set).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  set();
}

// The server is asked now and then, at once when something failed, and every few seconds while it is gone. An answer
// that it was giving when it went will not go on: the page is loaded again, which puts the question back.
function watchServer() {
  const banner = byId("banner");
  let gone = false;
  let run = ""; // of which start of the server the page is
  let timer;
  const ask = async () => {
    clearTimeout(timer);
    let alive = false;
    let now = run;
    try {
      const answer = await fetch("page/me", { signal: AbortSignal.timeout(8000) });
      alive = answer.status < 500;
      if (answer.ok) now = (await answer.json()).run;
    } catch {}
    if (alive && (gone || (run && now !== run)) && answering()) location.reload();
    else if (alive && gone) {
      notice("连接已恢复");
      greet();
    }
    run = now;
    gone = !alive;
    banner.hidden = alive;
    banner.textContent = alive ? "" : "连接不上服务，正在重试。已有的对话都已保存，恢复后可继续提问。";
    timer = setTimeout(ask, gone ? 2000 : 15000);
  };
  addEventListener("gone", ask);
  addEventListener("offline", ask);
  addEventListener("online", ask);
  timer = setTimeout(ask, 2000);
}

async function greet() {
  const me = await tried(() => call("me"));
  if (!me) return;
  document.body.classList.toggle("editor", me.editor);
  byId("add").hidden = !me.editor;
  byId("count").textContent = me.documents ? ` ${me.documents}` : "";
  if (me.known) {
    const leave = element("form", { method: "post", action: "signout", onsubmit: forget }, element("button", { type: "submit", class: "button" }, "退出"));
    byId("who").replaceChildren(element("span", {}, me.name), leave);
  }
  refreshTalks();
}

function start() {
  watchTheme();
  watchTabs();
  watchSidebar();
  watchServer();
  watchPanel();
  watchPreview();
  watchLibrary();
  watchFilters();
  watchExamples();
  watchTalks();
  watchChat();
  greet();
  document.addEventListener("keydown", (event) => {
    const busy = event.defaultPrevented || event.isComposing || byId("dialog").open || byId("menu").matches(":popover-open");
    if (event.key === "Escape" && !busy) closePanel();
  });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
