// The conversations beside the chat: they are listed, searched, opened, renamed, deleted and exported.
import { byId, call, dialog, element, held, later, menu, narrow, put, tried } from "./common.js";
import { closePanel } from "./panel.js";

let shown = null; // the id of the conversation on screen, as far as it is kept
let opened = 0;

const list = later(async () => {
  const matching = byId("talks-search").value.trim();
  const heads = await tried(() => call(`conversations?matching=${encodeURIComponent(matching)}`));
  if (!heads) return;
  const entries = heads.flatMap((head, i) => {
    const time = age(head);
    const first = !i || time !== age(heads[i - 1]);
    return first ? [element("li", { class: "when" }, time), entry(head)] : [entry(head)];
  });
  byId("talks-list").replaceChildren(...entries);
  const empty = byId("talks-empty");
  empty.hidden = heads.length > 0;
  empty.textContent = matching ? "没有找到" : "还没有对话";
}, 150);

export const refreshTalks = list;

// How long ago a conversation was changed, in the days of this machine's calendar.
function age(head) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - new Date(head.changed)) / 86400000);
  return days <= 0 ? "今天" : days === 1 ? "昨天" : days <= 7 ? "七天内" : "更早";
}

function entry(head) {
  const more = element("button", { type: "button", class: "icon more", title: "更多", "aria-label": `“${head.title}”的更多操作` }, "⋯");
  more.addEventListener("click", () =>
    menu(more, [
      ["重命名", () => rename(head)],
      ["导出 Word", () => save(head, "docx")],
      ["导出 Markdown", () => save(head, "md")],
      ["删除", () => remove(head), "danger"],
    ])
  );
  const open = element("button", { type: "button", class: "open", title: head.title, onclick: () => show(head.id) }, head.title);
  if (head.id === shown) open.setAttribute("aria-current", "true");
  return element("li", {}, open, more);
}

// Put a conversation on screen; an empty id begins a new one.
export function show(id) {
  put("open", id + " ".repeat(++opened % 2));
  closePanel();
  dispatchEvent(new Event("chat"));
  dispatchEvent(new Event("talk"));
  if (!narrow.matches) document.querySelector("#box textarea")?.focus();
}

async function rename(head) {
  const title = element("input", { type: "text", maxlength: 100, "aria-label": "名称" });
  title.value = head.title;
  const pressed = dialog("重命名对话", [title], [["save", "保存"]]);
  title.select();
  if (!(await pressed) || !title.value.trim()) return;
  await tried(() => call(`conversation/${head.id}`, { method: "PATCH", json: { title: title.value.trim() } }));
  list();
}

async function remove(head) {
  const about = element("p", {}, `“${head.title}”共 ${head.turns} 轮问答，删除后不能恢复。`);
  if (!(await dialog("删除这次对话？", [about], [["delete", "删除", "danger"]]))) return;
  await tried(async () => {
    await call(`conversation/${head.id}`, { method: "DELETE" });
    if (head.id === shown) show("");
  });
  list();
}

function save(head, kind) {
  element("a", { href: `page/conversation/${head.id}/export/${kind}`, download: "" }).click();
}

export function watchTalks() {
  byId("new").addEventListener("click", () => show(""));
  byId("talks-search").addEventListener("input", list);
  // A window goes on with its own conversation after it is loaded again.
  const before = sessionStorage.getItem("talk");
  if (before) document.body.classList.add("restoring");
  let waited = 0;
  let answers = 0;
  let ready = false;
  const look = () => {
    if (!byId("talk-id")?.querySelector("textarea, input")) return;
    if (before && document.body.classList.contains("restoring")) {
      if (!waited++) put("open", before);
      if (held("talk-id") !== before && waited < 30) return;
      document.body.classList.remove("restoring");
    }
    if (!ready) dispatchEvent(new Event("ready"));
    ready = true;
    const id = held("talk-id");
    const kept = document.querySelectorAll("#chat .kept").length;
    if (id === shown && kept === answers) return;
    shown = id;
    answers = kept;
    if (id) sessionStorage.setItem("talk", id);
    else sessionStorage.removeItem("talk");
    list();
  };
  setInterval(look, 200);
}
