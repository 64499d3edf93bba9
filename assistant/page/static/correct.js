// What is known of a document, corrected in a dialog; the server reads the file again with it.
import { byId, call, dialog, element, notice, Refused } from "./common.js";

const FIELDS = [
  ["title", "标题"],
  ["issuer", "发文机关"],
  ["number", "文号"],
  ["date", "日期"],
  ["status", "时效", ["现行", "已修改", "已废止", "失效"]],
  ["region", "地区"],
  ["level", "层级", ["中央", "部委", "省", "市", "县"]],
  ["kind", "文种"],
  ["published", "公布日期"],
  ["effective", "施行日期"],
  ["expires", "有效期至"],
];
const DAYS = ["date", "published", "effective", "expires"];
const NAMED = ["issuer", "region", "kind"]; // what other documents have is offered, so that one thing has one name

// The id of the document once it is corrected, or null. What is refused is asked for again, with what was typed.
export async function correct(one, documents) {
  const inputs = Object.fromEntries(FIELDS.map(([name, , choices]) => [name, input(name, choices, one[name])]));
  const rows = FIELDS.map(([name, label]) => element("label", { class: "field" }, element("span", {}, label), inputs[name]));
  const lists = NAMED.map((name) => list(name, documents.flatMap((each) => each[name].split("、"))));
  const told = element("p", { class: "fault", role: "alert" });
  const about = element("p", { class: "faded" }, "改好有误的几项即可；清空的项恢复为从文件中读出的内容。");
  while (true) {
    if (!(await dialog("更正文件信息", [told, about, ...rows, ...lists], [["save", "保存"]]))) return null;
    const given = FIELDS.map(([name]) => [name, inputs[name].value.trim()]);
    const facts = Object.fromEntries(given.filter(([name, value]) => value !== one[name]));
    if (!Object.keys(facts).length) return null;
    notice("正在重新读取文件");
    try {
      const after = await call(`document/${encodeURIComponent(one.id)}`, { method: "PATCH", json: { facts } });
      dispatchEvent(new CustomEvent("corrected", { detail: one.id }));
      const read = FIELDS.filter(([name]) => facts[name] === "" && after[name]).map(([name, label]) => `${label}“${after[name]}”`);
      notice(read.length ? `从文件中读出：${read.join("，")}` : `已更正《${after.title}》`);
      return after.id;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      told.textContent = error.message;
    }
  }
}

function input(name, choices, value) {
  const made = choices
    ? element("select", {}, ...["", ...new Set([...choices, value])].map((one) => element("option", { value: one }, one || "未知")))
    : element("input", { type: DAYS.includes(name) ? "date" : "text", maxlength: 1000, list: NAMED.includes(name) && `known-${name}` });
  made.value = value;
  return made;
}

function list(name, values) {
  const known = [...new Set(values.filter(Boolean))].sort();
  return element("datalist", { id: `known-${name}` }, ...known.map((value) => element("option", { value })));
}
