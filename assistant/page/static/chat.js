// What the chat's own parts do: markers, copying, asking again or otherwise, opinions; a new question is kept in view.
import { byId, call, copy, dialog, element, held, notice, put, tried } from "./common.js";
import { unlimited } from "./filters.js";
import { openPanel } from "./panel.js";

let editing = null; // {round, do}: what the box is about to replace
let count = 0;
let opinions = {}; // the visitor's, of the conversation on screen, by the answers' places
let judged = ""; // the conversation, its answers and commands for which they were asked
let pending = null; // {words, timer}: a question that was sent and is not being answered yet

const LATE = 1500; // milliseconds after which a question that waits its turn is said to wait
const LOST = 60000; // after which the same question may be sent again

const all = (selector) => Array.from(document.querySelectorAll(`#chat ${selector}`));
const box = () => document.querySelector("#box textarea");

export const answering = () => Boolean(document.querySelector("#box .stop-button"));

// Asks the server to answer the question of a round anew: "again", with other words, or with another "query".
function command(round, what, words = "") {
  if (answering()) return;
  put("command", JSON.stringify({ do: what, round, words, count: ++count }));
}

// A question is on its way. Where others are before it the page says so, and it is not sent twice.
function expect(words) {
  arrived();
  const bar = element("div", { id: "queued", role: "status" }, "提问的人较多，正在排队，请稍候");
  const late = setTimeout(() => byId("composer")?.prepend(bar), LATE);
  const lost = setTimeout(arrived, LOST);
  pending = { words, late, lost };
}

function arrived() {
  clearTimeout(pending?.late);
  clearTimeout(pending?.lost);
  pending = null;
  byId("queued")?.remove();
}

function roundOf(part) {
  const row = part.closest(".user-row, .bot-row");
  const kind = row.classList.contains("user-row") ? ".user-row" : ".bot-row";
  return all(kind).indexOf(row);
}

function edit(round, what, words) {
  editing = { round, do: what };
  const label = what === "query" ? "修改检索的问题" : `修改第 ${round + 1} 问`;
  const rest = all(".user-row").length - round - 1;
  byId("editing")?.remove();
  const bar = element(
    "div",
    { id: "editing" },
    element("span", {}, `${label}${rest ? `，其后 ${rest} 轮将被替换` : ""}`),
    element("button", { type: "button", onclick: unedit }, "取消")
  );
  byId("composer").prepend(bar);
  put("box", words);
  box().focus();
}

function unedit() {
  editing = null;
  byId("editing")?.remove();
  put("box", "");
}

// The box sends; while something is edited, what it sends takes that place.
function sent(event) {
  if (!editing) {
    const words = box().value.trim();
    if (!words || answering()) return;
    if (pending?.words !== words) return expect(words);
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const words = box().value;
  if (!editing || !words.trim() || answering()) return;
  const { round, do: what } = editing;
  unedit();
  command(round, what, words);
}

function written(message) {
  const text = (part) => part.textContent.trim();
  const lines = Array.from(message.querySelectorAll(".line"), text);
  const documents = Array.from(message.querySelectorAll(".document"), (one) => [
    text(one.querySelector(".name")) + text(one.querySelector(".facts")),
    ...Array.from(one.querySelectorAll(".place"), (place) => Array.from(place.children, text).join(" ")),
  ]);
  const caption = message.querySelector(".caption");
  return [...lines, ...(caption ? ["", text(caption), ...documents.flat()] : [])].join("\n");
}

const REASONS = ["没有回答所问的", "不完整", "引用有误", "依据的文件已失效", "答案在文件里却没有找到"];

async function judge(button, good) {
  const conversation = held("talk-id");
  const exchange = all(".kept").indexOf(button.closest(".kept"));
  if (!conversation || exchange < 0) return notice("这条回答还没有保存，请稍后再试", true);
  const store = (reason, told) => tried(async () => {
    await call("feedback", { method: "POST", json: { conversation, exchange, good, reason } });
    notice(told);
  }).then(opine);
  // Praise is one press; what more there is to say of it, or to take back, another.
  if (good && !opinions[exchange]) return store("", "已记录，谢谢。再点一次可补充说明或撤回");
  const before = opinions[exchange]?.good === good ? opinions[exchange] : null;
  const words = element("textarea", { rows: 3, maxlength: 1000, placeholder: "补充说明（可不填）", "aria-label": "补充说明" });
  const choices = good ? [] : REASONS.map((reason) =>
    element("label", { class: "choice" }, element("input", { type: "radio", name: "reason", value: reason }), reason)
  );
  if (before) recall(before.reason, choices, words);
  const buttons = [["send", "提交"]];
  if (before) buttons.unshift(["take", "撤回", ""]);
  const pressed = await dialog(good ? "这个回答好在哪里？" : "这个回答有什么问题？", [...choices, words], buttons);
  if (!pressed) return undefined;
  if (pressed === "take") {
    return tried(async () => {
      await call(`conversation/${conversation}/opinion/${exchange}`, { method: "DELETE" });
      notice("已撤回");
    }).then(opine);
  }
  const chosen = byId("dialog").querySelector("input[name=reason]:checked")?.value ?? "";
  const reason = [chosen, words.value.trim()].filter(Boolean).join("：");
  return store(reason, "已记录，谢谢");
}

// A reason that was given before, put back as the choice and the words that it was made of.
function recall(reason, choices, words) {
  const chosen = choices.map((one) => one.querySelector("input")).find((one) => `${reason}：`.startsWith(`${one.value}：`));
  if (chosen) chosen.checked = true;
  words.value = chosen ? reason.slice(chosen.value.length + 1) : reason;
}

// Ask what the visitor thinks of the answers on screen.
async function opine() {
  const conversation = held("talk-id");
  const found = conversation ? await call(`conversation/${conversation}/opinions`).catch(() => []) : [];
  if (conversation !== held("talk-id")) return;
  opinions = Object.fromEntries(found.map((one) => [one.exchange, one]));
  marked();
}

function marked() {
  const key = `${held("talk-id")} ${all(".kept").length} ${count}`;
  if (key !== judged && !answering()) {
    judged = key;
    opinions = {};
    opine();
  }
  all(".kept").forEach((answer, place) => {
    const good = opinions[place]?.good;
    for (const [name, value] of [["good", true], ["bad", false]]) {
      const button = answer.querySelector(`button.${name}`);
      if (button && (button.getAttribute("aria-pressed") === "true") !== (good === value)) {
        button.setAttribute("aria-pressed", String(good === value));
      }
    }
  });
}

async function pressed(event) {
  const part = event.target.closest?.("#chat a:is(.marker, .source, .where), #chat button");
  if (!part) return;
  if (part.matches("a")) {
    event.preventDefault();
    const links = part.closest(".answer, .refusal").querySelectorAll("a:is(.marker, .source)");
    const addresses = Array.from(links, (one) => one.hash);
    openPanel(part.hash, { among: [...new Set(addresses)], opener: part });
  } else if (part.matches(".copy")) {
    await copy(written(part.closest(".answer, .refusal")));
    part.textContent = "已复制";
    setTimeout(() => (part.textContent = "复制"), 1500);
  } else if (part.matches(".again")) {
    command(roundOf(part), "again");
  } else if (part.matches(".wider") && !answering()) {
    unlimited();
    command(roundOf(part), "again");
  } else if (part.matches(".edit") && !answering()) {
    edit(roundOf(part), "question", part.parentElement.querySelector(".asked").innerText);
  } else if (part.matches(".requery") && !answering()) {
    edit(roundOf(part), "query", part.parentElement.querySelector(".query").innerText);
  } else if (part.matches(".good, .bad")) {
    judge(part, part.matches(".good"));
  }
}

// What Gradio says in English of a request that failed; a question that was not taken stays in the box.
function told() {
  for (const toast of document.querySelectorAll(".toast-body:not([data-told])")) {
    toast.dataset.told = "";
    arrived();
    if (/full|busy/i.test(toast.textContent)) notice("现在提问的人太多，请稍后再试", true);
    else {
      notice("连接中断，请稍后重试", true);
      dispatchEvent(new Event("gone"));
    }
  }
}

// Gradio loads the page again once the server is back. What was typed, or asked and not answered, is put back.
const DRAFT = "draft";

function keepDraft() {
  const open = all(".waiting, .growing").length ? all(".asked").at(-1).innerText : "";
  const words = box()?.value || open;
  if (words.trim()) sessionStorage.setItem(DRAFT, words);
  else sessionStorage.removeItem(DRAFT);
}

// Who signs out leaves nothing in the window for whoever signs in after.
export function forget() {
  removeEventListener("pagehide", keepDraft);
  sessionStorage.clear();
}

function restoreDraft() {
  const words = sessionStorage.getItem(DRAFT);
  sessionStorage.removeItem(DRAFT);
  if (!words || box().value || all(".asked").at(-1)?.innerText === words) return;
  put("box", words);
  notice("已放回没有发出或没有答完的问题");
}

export function watchChat() {
  let followed = null; // the row of the question that is being answered
  let begun = false; // whether its answer has been on its way
  let rows = 0;
  document.addEventListener("click", (event) => {
    followed = null;
    if (event.target.closest?.("#box .submit-button")) sent(event);
  }, { capture: true });
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("#box") && event.key === "Enter" && !event.shiftKey && !event.isComposing) sent(event);
    if (event.key === "Escape" && editing && event.target.closest?.("#composer")) {
      unedit();
      event.preventDefault();
    }
  }, { capture: true });
  addEventListener("talk", () => editing && unedit());
  addEventListener("pagehide", keepDraft);
  addEventListener("ready", restoreDraft, { once: true });
  for (const moved of ["wheel", "touchmove"]) {
    document.addEventListener(moved, () => (followed = null), { passive: true });
  }
  new MutationObserver(() => {
    told();
    const chat = byId("chat");
    if (!chat) return;
    if (pending && (answering() || box()?.value.trim() !== pending.words)) arrived();
    // Gradio labels each message with its HTML, and each example in English; without the label a screen reader
    // reads the text.
    for (const part of chat.querySelectorAll(":is([data-testid], .example)[aria-label]")) part.removeAttribute("aria-label");
    chat.querySelector("[aria-label='chatbot conversation']")?.setAttribute("aria-label", "对话");
    const asked = chat.querySelectorAll(".user-row");
    if (asked.length > rows) {
      followed = asked[asked.length - 1];
      begun = false;
    }
    rows = asked.length;
    if (followed?.isConnected) {
      followed.scrollIntoView({ block: "start" });
      if (answering()) begun = true;
      else if (begun) followed = null;
    }
    marked();
  }).observe(document, { childList: true, subtree: true });
}
