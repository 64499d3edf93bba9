// What every part of the page uses: elements, requests, Gradio's boxes, the dialog and short notices.

export const byId = (id) => document.getElementById(id);

// An element; its text and attributes are set as such, so that nothing of a document can become markup.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

export class Refused extends Error {}

// What the server answers: JSON, or nothing. A refusal carries a line for the user.
export async function call(path, { method = "GET", json } = {}) {
  const answer = await asked(path, {
    method,
    headers: json ? { "Content-Type": "application/json" } : {},
    body: json ? JSON.stringify(json) : undefined,
  });
  return isJson(answer) ? answer.json() : null;
}

// The picture of a page, and how far down it the mark is: a share of its height, or null.
export async function drawing(path) {
  const answer = await asked(path);
  const mark = answer.headers.get("mark");
  return { picture: await answer.blob(), mark: mark === null ? null : Number(mark) };
}

const isJson = (answer) => (answer.headers.get("content-type") ?? "").includes("json");

async function asked(path, request) {
  let answer;
  try {
    answer = await fetch(`page/${path}`, request);
  } catch {
    dispatchEvent(new Event("gone"));
    throw new Refused("连接不上服务");
  }
  if (answer.status === 401) location.reload();
  if (answer.ok) return answer;
  const body = isJson(answer) ? await answer.json() : null;
  const told = body?.error || body?.detail;
  throw new Refused(typeof told === "string" && told ? told : "出错了，请重试");
}

// Run something that asks the server; a refusal is shown.
export async function tried(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notice(error.message, true);
    return undefined;
  }
}

const area = (id) => document.querySelector(`#${id} textarea, #${id} input`);

export const held = (id) => area(id)?.value ?? "";

// Put a value into one of Gradio's boxes as if it were typed.
export function put(id, value) {
  const box = area(id);
  if (!box) return false;
  box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

let leaving;
export function notice(text, fault = false) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.className = fault ? "shown fault" : "shown";
  clearTimeout(leaving);
  leaving = setTimeout(() => (toast.className = ""), fault ? 6000 : 2500);
}

export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers offer the clipboard only to https and to this machine itself; elsewhere a selection is copied.
  const hidden = element("textarea", { class: "unseen" });
  hidden.value = text;
  document.body.append(hidden);
  hidden.select();
  document.execCommand("copy");
  hidden.remove();
}

// Ask in a dialog; the value of the button that was pressed, empty for 取消 and Esc.
export function dialog(title, body, buttons) {
  const box = byId("dialog");
  byId("dialog-title").textContent = title;
  byId("dialog-body").replaceChildren(...body);
  byId("dialog-buttons").replaceChildren(
    element("button", { value: "", class: "button", type: "submit", formnovalidate: true }, "取消"),
    ...buttons.map(([value, label, kind = "primary"]) => element("button", { value, class: `button ${kind}`, type: "submit" }, label))
  );
  box.returnValue = "";
  return new Promise((done) => {
    box.addEventListener("close", () => done(box.returnValue), { once: true });
    box.showModal();
    // Enter presses the last button, what is asked for, and not the first, which is 取消.
    box.querySelector("form").onkeydown = (event) => {
      if (event.key === "Enter" && event.target.matches("input:not([type=file])") && !event.isComposing) {
        event.preventDefault();
        byId("dialog-buttons").lastElementChild.click();
      }
    };
  });
}

// A menu at a button: [label, action] each.
export function menu(button, entries) {
  const box = byId("menu");
  box.replaceChildren(
    ...entries.map(([label, action, kind = ""]) =>
      element("button", { type: "button", class: kind, onclick: () => { box.hidePopover(); action(); } }, label)
    )
  );
  box.showPopover();
  const at = button.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.min(at.bottom + 4, innerHeight - box.offsetHeight - 8)}px`;
  box.firstElementChild.focus();
  box.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const buttons = Array.from(box.children);
    buttons.at((buttons.indexOf(document.activeElement) + by) % buttons.length).focus();
  };
}

export function later(action, milliseconds) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
}

const STATUS = { 现行: "valid", 已修改: "amended", 已废止: "repealed", 失效: "repealed" };
export const badge = (status) => (status ? element("span", { class: `badge ${STATUS[status] ?? ""}` }, status) : null);

export const day = (iso) => (iso ? iso.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日") : "");

// What is known of a document beside its title.
export const about = (facts) => [facts.issuer, facts.number, day(facts.date)].filter(Boolean);

export const narrow = matchMedia("(max-width: 899px)");
