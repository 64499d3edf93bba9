// What a marker stands for, shown while it is pointed at: the quote among the words around it.
import { about, badge, byId, call, element } from "./common.js";

const SOON = 250; // milliseconds after which a pointer that stays is meant
const GAP = 6; // pixels between the marker and what is shown of it

let pointed = null; // the marker under the pointer
let timer;

function hide() {
  clearTimeout(timer);
  pointed = null;
  byId("preview").hidden = true;
}

async function show(link) {
  const [, id, start, end] = link.hash.match(/^#(.+):(\d+)-(\d+)$/);
  const found = await call(`document/${encodeURIComponent(id)}/quote?start=${start}&end=${end}`).catch(() => null);
  if (!found || pointed !== link || !link.isConnected) return;
  const box = byId("preview");
  box.replaceChildren(
    element("p", { class: "title" }, found.title, " ", badge(found.status)),
    element("p", { class: "faded" }, [about(found).join("　"), found.heading, found.page ? `第 ${found.page} 页` : ""].filter(Boolean).join("\n")),
    element("p", { class: "words" }, found.before, element("mark", {}, found.quote), found.after)
  );
  box.hidden = false;
  const at = link.getBoundingClientRect();
  const below = at.bottom + GAP + box.offsetHeight < innerHeight;
  box.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - box.offsetHeight)}px`;
  box.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - box.offsetWidth - GAP))}px`;
}

export function watchPreview() {
  document.addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" && event.target.closest?.("#chat a:is(.marker, .source)");
    if (!link || link === pointed) return;
    hide();
    // The browser's own word, which would cover this one, stays for those who listen.
    if (link.title) link.setAttribute("aria-description", link.title);
    link.removeAttribute("title");
    pointed = link;
    timer = setTimeout(() => show(link), SOON);
  });
  document.addEventListener("pointerout", (event) => event.target.closest?.("#chat a") === pointed && hide());
  for (const other of ["pointerdown", "keydown", "wheel"]) document.addEventListener(other, hide, { passive: true });
}
