// The document beside the chat: opened at a quote, read and searched as a whole, however long it is.
import { about as known, badge, byId, call, copy, day, drawing, element, later, narrow, notice, tried } from "./common.js";

const KEPT = 1200; // lines in the page at once; those far from what is read go, and come again when scrolled to

let shown = null; // {id, start, end, among, place, about}
let loaded = { start: 0, end: 0 }; // the range of the text in the page
let loading = false;
let found = { words: "", count: 0, spans: [], at: -1 };
let opener = null;
let asked = 0; // of several documents asked for in a row, the last is shown

const paper = () => byId("paper");
const path = (rest = "") => `document/${encodeURIComponent(shown.id)}${rest}`;
const range = () => `start=${shown.start}&end=${shown.end}`;

// Open the document at an address "#id:start-end"; ``among`` are the addresses to go to and fro between.
export async function openPanel(address, { among = [address], opener: from = null } = {}) {
  const [, id, start, end] = address.match(/^#(.+):(\d+)-(\d+)$/);
  const mine = ++asked;
  const before = shown;
  shown = { id, start: Number(start), end: Number(end), among, place: among.indexOf(address), about: null };
  const both = await tried(() => Promise.all([call(path(`?${range()}`)), call(path(`/text?around=true&${range()}`))]));
  if (mine !== asked) return;
  if (!both) {
    shown = before;
    return;
  }
  const [about, text] = both;
  shown.about = about;
  if (from) opener = from;
  if (before?.id !== id) {
    found = { words: "", count: 0, spans: [], at: -1 };
    byId("find").value = "";
    byId("outline").hidden = true;
    byId("outline-toggle").setAttribute("aria-expanded", "false");
    byId("outline").replaceChildren();
  }
  const closed = byId("panel").hidden;
  // On a phone the document covers the page, and the way back leads to the chat.
  if (closed && narrow.matches && !history.state?.panel) history.pushState({ panel: true }, "");
  if (closed) steady(opener, () => {
    byId("panel").hidden = false;
    document.body.classList.add("panel-open");
  });
  describe(about);
  current();
  fill(text);
  toFound();
  if (about.pictures && about.original !== "gone" && byId("picture").hidden === false) turn(about.page ?? 1);
  else view(false);
  goTo(shown.start, shown.end);
  if (closed) byId("panel-title").focus({ preventScroll: true });
}

export function closePanel() {
  if (byId("panel").hidden) return;
  steady(opener, () => {
    byId("panel").hidden = true;
    document.body.classList.remove("panel-open");
  });
  if (history.state?.panel) history.back();
  shown = null;
  asked++;
  current();
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

// Change the room that the chat has; what was pressed in it stays where it is.
function steady(pressed, change) {
  const rows = pressed?.closest("#chat .bubble-wrap");
  const top = rows && pressed.getBoundingClientRect().top;
  change();
  if (rows) rows.scrollTop += pressed.getBoundingClientRect().top - top;
}

// Tell anew what is known of the document, when it was corrected.
async function tell(id) {
  if (shown?.id !== id) return;
  const about = await tried(() => call(path(`?${range()}`)));
  if (!about || shown?.id !== id) return;
  shown.about = about;
  describe(about);
}

// What is known of the document, and of the quote in it.
function describe(about) {
  byId("panel-title").replaceChildren(about.title || about.file, " ", badge(about.status) ?? "");
  const facts = known(about).map((one) => element("span", {}, one));
  if (about.effective && about.effective !== about.date) facts.push(element("span", {}, `${day(about.effective)}起施行`));
  if (about.expires) facts.push(element("span", {}, `有效期至${day(about.expires)}`));
  if (about.replaced_by) facts.push(element("span", { class: "caution" }, `已由《${about.replaced_by}》代替`));
  for (const note of about.notes) facts.push(element("span", { class: "caution" }, note));
  byId("panel-facts").replaceChildren(...facts);
  const quoted = about.end > about.start;
  const place = quoted ? [about.heading || "正文"] : [`全文 ${about.characters.toLocaleString("zh-CN")} 字`];
  if (quoted && about.article && !about.heading.includes(about.article)) place.push(about.article);
  if (about.page && quoted) place.push(`第 ${about.page} 页 / 共 ${about.pages} 页`);
  else if (about.pages) place.push(`共 ${about.pages} 页`);
  byId("panel-place").replaceChildren(...place.map((one) => element("span", {}, one)));
  byId("quote").hidden = !about.quotation;
  const many = shown.among.length > 1;
  byId("panel-citations").hidden = !many;
  byId("citation-count").textContent = `出处 ${shown.place + 1} / ${shown.among.length}`;
  byId("views").hidden = !about.pictures || about.original === "gone";
  const gone = about.original === "gone";
  byId("download").hidden = gone;
  byId("download").href = `page/${path("/original")}`;
  const lost = byId("lost");
  lost.hidden = about.original === "there";
  lost.textContent = gone ? "原文件已不在原处" : "原文件在收录后有改动";
}

// In the chat, the marker and the source that are open.
function current() {
  const address = shown ? `#${shown.id}:${shown.start}-${shown.end}` : "";
  for (const link of document.querySelectorAll("#chat a.marker, #chat a.source")) {
    if (link.hash === address) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// Text

function fill(text) {
  loaded = { start: text.start, end: text.end };
  paper().replaceChildren(...text.lines.flatMap(line));
}

// Offsets count characters as the server does, not UTF-16 units as scripts do.
function line([at, text, kind, page]) {
  const characters = Array.from(text);
  const made = element("p", { class: `line ${kind}` });
  made.at = at;
  made.characters = characters;
  draw(made);
  return page ? [element("div", { class: "page-mark" }, `第 ${page} 页`), made] : [made];
}

// A line's text with the quote and what was found marked in it.
function draw(made) {
  const { at, characters } = made;
  const end = at + characters.length;
  const marks = [];
  if (shown.end > shown.start) marks.push([shown.start, shown.end, "quote"]);
  for (let i = first(found.spans, at); i < found.spans.length && found.spans[i][0] < end; i++) {
    marks.push([...found.spans[i], i === found.at ? "found now" : "found"]);
  }
  const inside = marks.filter(([from, to]) => from < end && to > at);
  const key = JSON.stringify(inside);
  if (made.drawn === key) return;
  made.drawn = key;
  const edges = [...new Set([at, end, ...inside.flatMap(([from, to]) => [Math.max(from, at), Math.min(to, end)])])].sort((a, b) => a - b);
  const parts = edges.slice(1).map((to, i) => {
    const from = edges[i];
    const text = characters.slice(from - at, to - at).join("");
    const kinds = inside.filter(([start, stop]) => start <= from && stop >= to).map(([, , kind]) => kind);
    return kinds.length ? element("mark", { class: kinds.join(" ") }, text) : text;
  });
  made.replaceChildren(...parts);
}

// The place of the first span that ends after an offset.
function first(spans, offset) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][1] <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const lines = () => Array.from(paper().querySelectorAll("p.line"));

function redraw() {
  lines().forEach(draw);
}

async function goTo(start, end) {
  if (start < loaded.start || end > loaded.end) {
    const text = await tried(() => call(path(`/text?around=true&start=${start}&end=${end}`)));
    if (!text || !shown) return;
    fill(text);
  }
  const target = lines().findLast((one) => one.at <= start) ?? paper();
  const mark = target.querySelector("mark.now") ?? target.querySelector("mark.quote") ?? target;
  if (end > start || start > 0) {
    const top = mark.getBoundingClientRect().top - paper().getBoundingClientRect().top + paper().scrollTop;
    paper().scrollTop = top - paper().clientHeight / 4;
  } else paper().scrollTop = 0;
  more();
}

// Load what comes before and after as the reader gets there.
async function more() {
  if (loading || !shown) return;
  const box = paper();
  const up = box.scrollTop < 800 && loaded.start > 0;
  const down = box.scrollHeight - box.scrollTop - box.clientHeight < 1200 && loaded.end < shown.about.characters;
  if (!up && !down) return;
  loading = true;
  const { id } = shown;
  try {
    const [start, end] = down ? [loaded.end, loaded.end + 12000] : [Math.max(0, loaded.start - 12000), loaded.start];
    const text = await call(path(`/text?start=${start}&end=${end}`));
    if (shown?.id !== id || (down ? text.start : text.end) !== (down ? loaded.end : loaded.start)) return;
    const made = text.lines.flatMap(line);
    if (down) {
      box.append(...made);
      loaded.end = text.end;
      trim(true);
    } else {
      const height = box.scrollHeight;
      const top = box.scrollTop;
      box.prepend(...made);
      box.scrollTop = top + box.scrollHeight - height;
      loaded.start = text.start;
      trim(false);
    }
  } catch {
    return;
  } finally {
    loading = false;
  }
  requestAnimationFrame(more);
}

function trim(fromTop) {
  const box = paper();
  const every = lines();
  if (every.length <= KEPT) return;
  const height = box.scrollHeight;
  const top = box.scrollTop;
  if (fromTop) {
    const stays = every[every.length - KEPT];
    while (box.firstChild !== stays) box.firstChild.remove();
    loaded.start = stays.at;
    box.scrollTop = top + box.scrollHeight - height;
  } else {
    const goes = every[KEPT];
    loaded.end = goes.at;
    while (box.lastChild !== goes) box.lastChild.remove();
    goes.remove();
  }
}

// Search

const search = later(async () => {
  if (!shown) return;
  const words = byId("find").value.trim();
  const { id } = shown;
  const answer = words ? await tried(() => call(path(`/find?words=${encodeURIComponent(words)}`))) : { count: 0, spans: [] };
  if (!answer || shown?.id !== id || byId("find").value.trim() !== words) return;
  const top = lines().find((one) => one.offsetTop + one.offsetHeight > paper().scrollTop)?.at ?? 0;
  found = { words, ...answer, at: answer.spans.length ? first(answer.spans, top) % answer.spans.length : -1 };
  toFound(true);
}, 250);

function toFound(go = false) {
  byId("find-count").textContent = found.words ? (found.count ? `${found.at + 1} / ${found.count}` : "没有找到") : "";
  byId("find-before").disabled = byId("find-after").disabled = found.spans.length === 0;
  redraw();
  if (go && found.at >= 0) {
    view(false);
    goTo(...found.spans[found.at]).then(redraw);
  }
}

function step(by) {
  if (!found.spans.length) return;
  found.at = (found.at + by + found.spans.length) % found.spans.length;
  toFound(true);
}

// Pictures of pages

let page = 1;
let turned = 0; // of several pages asked for in a row, the last is shown

function view(pictures) {
  byId("paper").hidden = pictures;
  byId("picture").hidden = !pictures;
  byId("view-text").setAttribute("aria-pressed", String(!pictures));
  byId("view-page").setAttribute("aria-pressed", String(pictures));
  if (pictures) turn(shown.about.page ?? 1);
}

// Show a page, at the quote that is marked on it; where it should be and is not, the page is an image, and that is said.
async function turn(to) {
  const { about } = shown;
  const mine = ++turned;
  page = Math.max(1, Math.min(to, about.pages));
  byId("page-count").textContent = `第 ${page} 页 / 共 ${about.pages} 页`;
  byId("page-before").disabled = page <= 1;
  byId("page-after").disabled = page >= about.pages;
  byId("unmarked").hidden = true;
  byId("picture").setAttribute("aria-busy", "true");
  const drawn = await tried(() => drawing(path(`/page/${page}?${range()}`)));
  if (mine !== turned) return;
  byId("picture").removeAttribute("aria-busy");
  if (!drawn) return view(false);
  const picture = byId("page-picture");
  URL.revokeObjectURL(picture.src);
  picture.alt = `《${about.title}》第 ${page} 页`;
  picture.src = URL.createObjectURL(drawn.picture);
  await picture.decode().catch(() => {});
  if (mine !== turned) return;
  byId("unmarked").hidden = drawn.mark !== null || page !== about.page || about.end === about.start;
  toMark(drawn.mark);
}

// Scroll to what is marked, so many shares down the page.
function toMark(mark) {
  const frame = document.querySelector(".picture-frame");
  const picture = byId("page-picture");
  picture.mark = mark;
  frame.scrollTop = mark === null ? 0 : picture.offsetTop - frame.offsetTop + mark * picture.offsetHeight - frame.clientHeight / 3;
}

function enlarge() {
  const large = byId("picture").classList.toggle("large");
  byId("enlarge").setAttribute("aria-pressed", String(large));
  toMark(byId("page-picture").mark);
}

async function outline() {
  const box = byId("outline");
  const open = box.hidden;
  if (open && !box.childElementCount) {
    const heads = await tried(() => call(path("/outline")));
    if (!heads || !shown) return;
    box.replaceChildren(...heads.map(([at, depth, text]) => {
      const go = element("button", { type: "button" }, text);
      go.at = at;
      go.style.paddingLeft = `${depth + 0.75}em`;
      go.addEventListener("click", () => {
        box.hidden = true;
        byId("outline-toggle").setAttribute("aria-expanded", "false");
        view(false);
        goTo(at, at + 1);
      });
      return element("li", {}, go);
    }));
    if (!heads.length) box.replaceChildren(element("li", { class: "faded" }, "这份文件没有章节标题"));
  }
  const here = open && headAbove(Array.from(box.querySelectorAll("button")));
  box.hidden = !open;
  byId("outline-toggle").setAttribute("aria-expanded", String(open));
  if (!here) return;
  here.setAttribute("aria-current", "true");
  box.scrollTop = here.offsetTop - box.offsetTop - box.clientHeight / 3;
}

// Of the heads the one above what is read: the quote where it can be seen, else the first line that can.
function headAbove(heads) {
  for (const each of heads) each.removeAttribute("aria-current");
  const { top, bottom } = paper().getBoundingClientRect();
  const inside = (part) => part.getBoundingClientRect().bottom > top && part.getBoundingClientRect().top < bottom;
  const quoted = Array.from(paper().querySelectorAll("mark.quote")).some(inside);
  const at = quoted || paper().hidden ? shown.start : lines().find(inside)?.at ?? 0;
  return heads.findLast((one) => one.at <= at);
}

function next(by) {
  const { among, place } = shown;
  openPanel(among[(place + by + among.length) % among.length], { among });
}

export function watchPanel() {
  byId("panel-close").addEventListener("click", closePanel);
  byId("citation-before").addEventListener("click", () => next(-1));
  byId("citation-after").addEventListener("click", () => next(1));
  byId("quote").addEventListener("click", async () => {
    await copy(shown.about.quotation);
    notice("已复制引文");
  });
  byId("outline-toggle").addEventListener("click", outline);
  byId("view-text").addEventListener("click", () => {
    view(false);
    goTo(shown.start, shown.end);
  });
  byId("view-page").addEventListener("click", () => view(true));
  byId("page-before").addEventListener("click", () => turn(page - 1));
  byId("page-after").addEventListener("click", () => turn(page + 1));
  byId("enlarge").addEventListener("click", enlarge);
  byId("page-picture").addEventListener("click", enlarge);
  byId("find").addEventListener("input", search);
  byId("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  });
  byId("find-before").addEventListener("click", () => step(-1));
  byId("find-after").addEventListener("click", () => step(1));
  paper().addEventListener("scroll", more, { passive: true });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "f" && byId("panel").contains(document.activeElement)) {
      event.preventDefault();
      byId("find").focus();
      byId("find").select();
    }
  });
  addEventListener("popstate", () => history.state?.panel || closePanel());
  addEventListener("removed", (event) => shown?.id === event.detail && closePanel());
  addEventListener("corrected", (event) => tell(event.detail));
}
