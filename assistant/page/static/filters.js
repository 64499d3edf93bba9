// Which documents may answer: chosen in a dialog, shown above the box as chips, each of which can be taken off.
import { byId, call, day, dialog, element, later, put, tried } from "./common.js";

let filters = JSON.parse(sessionStorage.getItem("filters") ?? "{}");
let titles = JSON.parse(sessionStorage.getItem("titles") ?? "{}"); // of the documents in the filters

const CHIPS = 3; // documents that have a chip each; more share one
const NAMES = { issuer: "发文机关", region: "地区", level: "层级", kind: "文种", status: "时效", since: "自", until: "至" };

function change(changed) {
  filters = Object.fromEntries(Object.entries({ ...filters, ...changed }).filter(([, value]) => value?.length));
  sessionStorage.setItem("filters", JSON.stringify(filters));
  sessionStorage.setItem("titles", JSON.stringify(titles));
  apply();
}

function apply() {
  put("filters", Object.keys(filters).length ? JSON.stringify(filters) : "");
  const chips = byId("chips");
  if (!chips) return;
  const shown = Object.entries(NAMES).filter(([name]) => filters[name]).map(([name, label]) => {
    const value = name === "since" || name === "until" ? day(filters[name]) : filters[name];
    return chip(`${label}：${value}`, () => change({ [name]: "" }));
  });
  const ids = filters.documents ?? [];
  const named = (id) => `文件：${titles[id] ?? id}`;
  const documents =
    ids.length > CHIPS
      ? [chip(`${named(ids[0])} 等 ${ids.length} 份`, () => change({ documents: [] }))]
      : ids.map((id) => chip(named(id), () => without(id)));
  const open = element("button", { type: "button", id: "choose", onclick: choose }, "限定范围");
  chips.replaceChildren(open, ...shown, ...documents);
}

function chip(label, off) {
  return element(
    "span",
    { class: "chip" },
    element("span", {}, label),
    element("button", { type: "button", title: "取消这个范围", "aria-label": `取消范围“${label}”`, onclick: off }, "×")
  );
}

async function choose() {
  const documents = (await tried(() => call("documents"))) ?? [];
  const values = (name) => {
    const counts = new Map();
    for (const one of documents) {
      for (const value of name === "issuer" ? one.issuer.split("、") : [one[name]]) {
        if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return [...counts].sort(([, a], [, b]) => b - a);
  };
  const fields = {};
  const rows = ["issuer", "region", "level", "kind", "status"].map((name) => {
    const found = name === "status" ? ["现行", "已修改", "已废止", "失效"].map((one) => [one, 0]) : values(name);
    if (filters[name] && !found.some(([value]) => value === filters[name])) found.unshift([filters[name], 0]);
    const options = found.map(([value, many]) => element("option", { value }, many ? `${value}（${many}）` : value));
    fields[name] = element("select", {}, element("option", { value: "" }, "不限"), ...options);
    fields[name].value = filters[name] ?? "";
    return element("label", { class: "field" }, element("span", {}, NAMES[name]), fields[name]);
  });
  for (const [name, label] of [["since", "日期自"], ["until", "日期至"]]) {
    fields[name] = element("input", { type: "date" });
    fields[name].value = filters[name] ?? "";
    rows.push(element("label", { class: "field" }, element("span", {}, label), fields[name]));
  }
  const chosen = () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
  const told = element("p", { class: "passing faded", role: "status" });
  const count = later(async () => {
    const passing = await tried(() => call("passing", { method: "POST", json: { ...filters, ...chosen() } }));
    if (!passing) return;
    told.textContent = passing.count ? `这个范围内有 ${passing.count} 份文件` : "这个范围内没有文件";
    told.classList.toggle("none", !passing.count);
  }, 100);
  for (const field of Object.values(fields)) field.addEventListener("change", count);
  count();
  const pressed = await dialog("只在以下范围的文件中回答", [...rows, told], [["clear", "全部清除", ""], ["apply", "确定"]]);
  if (pressed === "clear") unlimited();
  if (pressed === "apply") change(chosen());
}

// Let all documents answer.
export function unlimited() {
  change(Object.fromEntries(Object.keys(filters).map((name) => [name, ""])));
}

// Ask in some documents alone.
export function within(some) {
  titles = { ...titles, ...Object.fromEntries(some.map(({ id, title }) => [id, title])) };
  change({ documents: some.map(({ id }) => id) });
}

// A document that is gone answers nothing; a filter for it goes with it.
export function without(id) {
  if (filters.documents?.includes(id)) change({ documents: filters.documents.filter((one) => one !== id) });
}

export function watchFilters() {
  new MutationObserver(() => {
    const composer = byId("composer");
    if (!composer || byId("chips") || !byId("filters")?.querySelector("textarea, input")) return;
    composer.prepend(element("div", { id: "chips", role: "group", "aria-label": "回答的范围" }));
    apply();
  }).observe(document.body, { childList: true, subtree: true });
}
