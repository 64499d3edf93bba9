// The library: its documents in a table, files to add, documents to read, to ask alone, to correct and to remove.
import { badge, byId, call, dialog, element, later, notice, tried } from "./common.js";
import { offer } from "./examples.js";
import { correct } from "./correct.js";
import { openPanel } from "./panel.js";
import { within, without } from "./filters.js";

const COLUMNS = [
  ["title", "标题"],
  ["issuer", "发文机关"],
  ["number", "文号"],
  ["date", "日期"],
  ["status", "时效"],
  ["pages", "页数"],
];
const PART = 200; // rows that are added to the table at once

let documents = [];
let sorted = { name: "date", up: false };
let limit = PART;
const selected = new Set(); // ids of the documents that are ticked

const order = new Intl.Collator("zh-CN", { numeric: true });

export async function refreshLibrary() {
  const found = await tried(() => call("documents"));
  if (!found) return;
  documents = found;
  byId("count").textContent = found.length ? ` ${found.length}` : "";
  const total = found.reduce((sum, one) => sum + one.characters, 0);
  byId("library-about").textContent = found.length
    ? `共 ${found.length} 份文件，${total.toLocaleString("zh-CN")} 字。回答只依据这些文件。`
    : "还没有文件。添加之后就可以提问。";
  options("library-issuer", "全部发文机关", found.flatMap((one) => one.issuer.split("、")));
  options("library-status", "全部时效", found.map((one) => one.status));
  draw();
}

function options(id, all, values) {
  const select = byId(id);
  const before = select.value;
  const known = [...new Set(values.filter(Boolean))].sort(order.compare);
  select.replaceChildren(element("option", { value: "" }, all), ...known.map((one) => element("option", { value: one }, one)));
  select.value = known.includes(before) ? before : "";
}

function chosen() {
  const words = byId("library-search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const issuer = byId("library-issuer").value;
  const status = byId("library-status").value;
  const rows = documents.filter((one) => {
    const text = `${one.title} ${one.issuer} ${one.number} ${one.region} ${one.kind}`.toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!issuer || one.issuer.split("、").includes(issuer)) &&
      (!status || one.status === status)
    );
  });
  const { name, up } = sorted;
  const compare = (a, b) => {
    // What is not known stands last, either way.
    if (!a[name] !== !b[name]) return a[name] ? -1 : 1;
    const way = typeof a[name] === "number" ? a[name] - b[name] : order.compare(a[name], b[name]);
    return (up ? way : -way) || order.compare(a.title, b.title);
  };
  return rows.sort(compare);
}

function draw() {
  const rows = chosen();
  const every = tick("选择全部", rows.length > 0 && rows.every((one) => selected.has(one.id)), (on) => {
    for (const one of rows) on ? selected.add(one.id) : selected.delete(one.id);
    draw();
    byId("columns").querySelector("input").focus();
  });
  byId("columns").replaceChildren(
    element("th", { scope: "col", class: "select" }, every),
    ...COLUMNS.map(([name, label]) => {
      const way = sorted.name === name ? (sorted.up ? "ascending" : "descending") : "none";
      const sort = element("button", { type: "button", onclick: () => {
        sorted = { name, up: sorted.name === name ? !sorted.up : name !== "date" && name !== "pages" };
        draw();
        byId("columns").querySelector(`.${name} button`).focus();
      } }, label);
      return element("th", { scope: "col", class: name, "aria-sort": way }, sort);
    }),
    element("th", { scope: "col", class: "actions" }, element("span", { class: "unseen" }, "操作"))
  );
  byId("rows").replaceChildren(...rows.slice(0, limit).map(row));
  const empty = byId("library-empty");
  empty.hidden = rows.length > 0 && rows.length <= limit;
  empty.replaceChildren(
    rows.length > limit
      ? element("button", { type: "button", class: "button", onclick: () => { limit += PART; draw(); } }, `再显示 ${Math.min(PART, rows.length - limit)} 份（共 ${rows.length} 份）`)
      : documents.length ? "没有符合条件的文件" : ""
  );
  tell();
}

function tick(label, checked, change) {
  const box = element("input", { type: "checkbox", "aria-label": label });
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  return box;
}

// What can be done with the documents that are ticked.
function tell() {
  const some = documents.filter((one) => selected.has(one.id));
  const bar = byId("selected");
  bar.hidden = !some.length;
  if (!some.length) return;
  const act = (label, kind, action) => element("button", { type: "button", class: `button ${kind}`, onclick: action }, label);
  bar.replaceChildren(
    element("span", {}, `已选 ${some.length} 份`),
    act("在所选文件中提问", "primary", () => ask(some)),
    document.body.classList.contains("editor") ? act("移除", "danger", () => take(some)) : "",
    act("取消选择", "", () => {
      selected.clear();
      draw();
    })
  );
}

// Ask in some documents alone.
function ask(some) {
  within(some);
  selected.clear();
  draw();
  dispatchEvent(new Event("chat"));
  document.querySelector("#box textarea")?.focus();
}

function row(one) {
  const read = element("button", { type: "button", class: "link" }, one.title);
  read.addEventListener("click", () => openPanel(`#${one.id}:0-0`, { opener: read }));
  const asking = element("button", { type: "button", class: "button", title: "只在这份文件中提问", onclick: () => ask([one]) }, "提问");
  const wrong = element("button", { type: "button", class: "button correct", "aria-label": `更正《${one.title}》的信息`, onclick: () => amend(one, wrong) }, "更正", element("span", {}, "信息"));
  const remove = element("button", { type: "button", class: "button danger", "aria-label": `移除《${one.title}》`, onclick: () => take([one]) }, "移除");
  const actions = element("span", {}, asking, ...(document.body.classList.contains("editor") ? [wrong, remove] : []));
  const cells = [read, one.issuer, one.number, one.date, badge(one.status), one.pages ? String(one.pages) : "", actions];
  const classes = [...COLUMNS.map(([name]) => name), "actions"];
  const box = tick(`选择《${one.title}》`, selected.has(one.id), (on) => {
    on ? selected.add(one.id) : selected.delete(one.id);
    tell();
  });
  return element("tr", {}, element("td", { class: "select" }, box), ...cells.map((cell, i) =>
    i ? element("td", { class: classes[i] }, cell) : element("th", { scope: "row", class: "title" }, cell)
  ));
}

// The table is drawn anew with what is known then; whoever was at the button is at the one of the same document again.
async function amend(one, button) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  const id = await correct(one, documents).finally(() => (button.ariaBusy = null));
  if (!id) return;
  const away = document.activeElement !== button && document.activeElement !== document.body;
  await changed();
  const at = chosen().findIndex((each) => each.id === id);
  if (!away) byId("rows").children[at]?.querySelector(".correct").focus();
}

async function take(some) {
  const named = some.length === 1 ? `《${some[0].title}》` : `这 ${some.length} 份文件`;
  const about = element("p", {}, `移除后，回答不再引用${named}。`);
  const question = some.length === 1 ? "移除这份文件？" : `移除 ${some.length} 份文件？`;
  if (!(await dialog(question, [about], [["remove", "移除", "danger"]]))) return;
  await tried(async () => {
    for (const { id } of some) {
      await call(`document/${encodeURIComponent(id)}`, { method: "DELETE" });
      without(id);
      selected.delete(id);
      dispatchEvent(new CustomEvent("removed", { detail: id }));
    }
    notice(`已移除${named}`);
  });
  changed();
}

// The example questions come from the documents.
function changed() {
  offer();
  return refreshLibrary();
}

// Files are sent and added one after the other; each has a line that tells how far it has come and what became of it.
let line = Promise.resolve();

function add(files) {
  for (const file of files) {
    const bar = element("progress", { max: 1, value: 0, "aria-label": file.name });
    const state = element("span", { class: "state" }, "等待");
    const item = element("li", {}, element("span", { class: "name" }, file.name), bar, state);
    byId("uploads").append(item);
    const tell = (text, kind = "going") => {
      state.textContent = text;
      item.className = kind;
    };
    line = line
      .then(() => {
        byId("uploads").scrollTop = item.offsetTop - byId("uploads").clientHeight / 2;
        return send(file, bar, tell);
      })
      .catch(() => tell("未能收录：连接中断", "fault"))
      .finally(() => {
        bar.remove();
        report();
      });
  }
  report();
  line.then(changed);
}

// Above the files: how many of them are done; at the end what came of them, those that failed first, and a button
// that puts all away.
function report() {
  const list = byId("uploads");
  const lines = Array.from(list.querySelectorAll("li:not(.report)"));
  const left = list.querySelectorAll("progress").length;
  const faults = lines.filter((one) => one.className === "fault");
  const failed = faults.length ? `，${faults.length} 个未能收录` : "";
  const told = left
    ? `正在收录：已完成 ${lines.length - left} / ${lines.length}${failed}`
    : `${lines.length} 个文件：${lines.length - faults.length} 个已收录${failed}`;
  if (!list.querySelector(".report")) list.prepend(element("li", { class: "report" }, element("span", { role: "status" })));
  const head = list.querySelector(".report");
  head.firstChild.textContent = told;
  head.querySelector("button")?.remove();
  if (left) return;
  head.append(element("button", { type: "button", class: "button", onclick: () => list.replaceChildren() }, "收起"));
  head.after(...faults);
  list.scrollTop = 0;
}

function send(file, bar, tell) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    let read = 0;
    request.open("PUT", `page/upload/${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => {
      const share = event.loaded / Math.max(event.total, 1);
      bar.value = share * 0.3;
      tell(share < 1 ? `上传 ${Math.round(share * 100)}%` : "等待收录");
    };
    request.onprogress = () => {
      const until = request.responseText.lastIndexOf("\n") + 1;
      for (const each of request.responseText.slice(read, until).split("\n").filter(Boolean)) {
        if (request.status === 200) told(JSON.parse(each), file.name, bar, tell);
      }
      read = until;
    };
    request.onload = () => {
      request.onprogress();
      if (request.status !== 200) tell(failure(file.name, refusal(request.responseText)), "fault");
      done();
    };
    request.onerror = failed;
    request.send(file);
    tell("上传");
  });
}

function refusal(body) {
  try {
    const told = JSON.parse(body);
    return told.error || told.detail || "出错了，请重试";
  } catch {
    return "出错了，请重试";
  }
}

// Why a file was not added; the line that says so begins with its name already.
function failure(name, reason) {
  return `未能收录：${reason.startsWith(name) ? reason.slice(name.length).replace(/^\s*的?/, "") : reason}`;
}

function told(now, name, bar, tell) {
  if (now.stage === "waiting") tell("等待其他文件");
  else if (now.stage === "adding") {
    bar.value = 0.3 + 0.7 * now.share;
    tell(now.share < 1 ? `收录 ${Math.round(now.share * 100)}%` : "正在更新检索");
  } else if (now.stage === "failed") tell(failure(name, now.reason), "fault");
  else {
    const parts = now.arrived.map((one) => {
      const size = one.pages ? `${one.pages} 页` : `${one.characters.toLocaleString("zh-CN")} 字`;
      const same = one.same_as.length ? `，与《${one.same_as[0]}》内容相同` : "";
      return [`${now.replaced ? "已更新" : "已添加"}《${one.title}》（${size}${same}）`, ...one.notes].join("；");
    });
    if (now.unchanged) parts.push(parts.length ? `另有 ${now.unchanged} 份没有变化` : "已在文件库中，没有变化");
    parts.push(...now.failed.map(([file, reason]) => (file === name ? failure(name, reason) : `${file}：${reason}`)));
    const shown = parts.length > 4 ? [...parts.slice(0, 3), `……共 ${parts.length} 份`] : parts;
    tell(shown.join("；"), now.failed.length ? "fault" : "done");
  }
}

export function watchLibrary() {
  const draws = later(() => { limit = PART; draw(); }, 120);
  byId("library-search").addEventListener("input", draws);
  for (const id of ["library-issuer", "library-status"]) byId(id).addEventListener("change", draws);
  byId("files").addEventListener("change", () => {
    add(Array.from(byId("files").files));
    byId("files").value = "";
  });
  addEventListener("beforeunload", (event) => byId("uploads").querySelector("progress") && event.preventDefault());
  const page = byId("library");
  page.addEventListener("dragover", (event) => {
    if (!document.body.classList.contains("editor")) return;
    event.preventDefault();
    page.classList.add("dropping");
  });
  for (const over of ["dragleave", "drop"]) page.addEventListener(over, () => page.classList.remove("dropping"));
  page.addEventListener("drop", (event) => {
    event.preventDefault();
    if (document.body.classList.contains("editor")) add(Array.from(event.dataTransfer.files));
  });
}
