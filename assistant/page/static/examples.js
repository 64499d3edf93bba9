// The example questions, which the server looks for beside all else: it is asked until it has those of the present
// documents. A window that begins a conversation meanwhile does without.
import { call, held, put } from "./common.js";

const EVERY = 2000;
let timer;
let told = 0;

const begun = () => held("talk-id") || document.querySelector("#chat .user-row");

export async function offer() {
  clearTimeout(timer);
  let ready = false;
  try {
    ({ ready } = await call("examples"));
  } catch {}
  if (begun()) return;
  if (ready) put("changed", " ".repeat(1 + (++told % 2)));
  else timer = setTimeout(offer, EVERY);
}

// The page has the questions from the start where they were known.
export function watchExamples() {
  addEventListener("ready", () => document.querySelector("#chat .example") || offer(), { once: true });
}
