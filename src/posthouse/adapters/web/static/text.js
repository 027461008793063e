// Formatted text to DOM nodes. Spans point into the text by code points, as Python counts, not by UTF-16 units.

import { el } from "./dom.js";

const BLOCKS = new Set(["pre", "quote"]);
const TAGS = { bold: "strong", italic: "em", underline: "u", strike: "s", code: "code", mention: "span" };
const ADDRESS = /\bhttps?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]}]/giu;
const EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D|\p{Emoji_Modifier}|\p{Extended_Pictographic})*\s*){1,3}$/u;

/** @param {{plain?: string, spans?: any[]}} text @returns {HTMLElement} */
export function rendered(text) {
  const plain = text?.plain ?? "";
  const points = Array.from(plain);
  const spans = (text?.spans ?? [])
    .map((span) => ({ ...span, start: Math.max(0, span.start), end: Math.min(points.length, span.end) }))
    .filter((span) => span.start < span.end)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const isEmoji = !spans.length && plain.length < 40 && EMOJI.test(plain);
  return el("div", { class: isEmoji ? "text big" : "text", dir: "auto" }, ...nodes(points, 0, points.length, spans, true));
}

/** Build what lies between two points; spans are sorted, the outer before the inner. */
function nodes(points, start, end, spans, linking) {
  const out = [];
  let at = start;
  const queue = [...spans];
  while (queue.length) {
    const span = queue.shift();
    out.push(...plainNodes(trimmed(points, at, span.start, out, span), linking));
    const inner = [];
    const after = [];
    for (const other of queue) {
      if (other.start >= span.end) after.push(other);
      else {
        inner.push({ ...other, end: Math.min(other.end, span.end) });
        if (other.end > span.end) after.push({ ...other, start: span.end });
      }
    }
    const stillLinking = linking && !["link", "code", "pre"].includes(span.kind);
    out.push(wrapped(span, nodes(points, span.start, span.end, inner, stillLinking)));
    queue.splice(0, queue.length, ...after.sort((a, b) => a.start - b.start || b.end - a.end));
    at = span.end;
    if (BLOCKS.has(span.kind) && points[at] === "\n") at += 1; // the block breaks the line by itself
  }
  out.push(...plainNodes(points.slice(at, end).join(""), linking));
  return out;
}

/** Text before a span; a block brings its own line break. */
function trimmed(points, from, to, out, span) {
  const words = points.slice(from, to).join("");
  return BLOCKS.has(span.kind) && words.endsWith("\n") ? words.slice(0, -1) : words;
}

function plainNodes(words, linking) {
  if (!words) return [];
  if (!linking) return [document.createTextNode(words)];
  const out = [];
  let at = 0;
  for (const found of words.matchAll(ADDRESS)) {
    out.push(document.createTextNode(words.slice(at, found.index)), anchor(found[0], [found[0]]));
    at = found.index + found[0].length;
  }
  out.push(document.createTextNode(words.slice(at)));
  return out;
}

function wrapped(span, inner) {
  switch (span.kind) {
    case "link":
      return anchor(span.url, inner);
    case "pre":
      return el("pre", { "data-language": span.language, tabIndex: 0 }, el("code", {}, ...inner));
    case "quote":
      return el("blockquote", {}, ...inner);
    case "spoiler":
      return spoiler(inner);
    default:
      return el(TAGS[span.kind] ?? "span", { class: span.kind === "mention" ? "mention" : undefined }, ...inner);
  }
}

function anchor(url, inner) {
  if (url.startsWith("#")) return el("a", { href: url }, ...inner); // a message of this page
  let target;
  try {
    target = new URL(url, "https://invalid.invalid/");
  } catch {
    return el("span", {}, ...inner);
  }
  const isSafe = ["http:", "https:", "mailto:", "tel:"].includes(target.protocol) && target.host !== "invalid.invalid";
  if (!isSafe) return el("span", {}, ...inner);
  return el("a", { href: target.href, target: "_blank", rel: "noopener noreferrer" }, ...inner);
}

function spoiler(inner) {
  const hidden = el("span", { "aria-hidden": "true" }, ...inner);
  const box = el("button", { type: "button", class: "spoiler", "aria-label": "Hidden text, show it" }, hidden);
  box.addEventListener("click", () => {
    box.replaceWith(el("span", { class: "spoiler open" }, ...hidden.childNodes));
  });
  return box;
}
