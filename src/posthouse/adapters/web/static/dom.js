// Small helpers over the DOM. Nothing here, or anywhere in the page, parses HTML.

/** @param {string} id @returns {any} the element of the page with this id */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, any>} [props] `onclick` and the like are listeners, `aria-…`, `data-…` and `role` attributes,
 *   the rest properties
 * @param {...(Node|string|null|undefined|false)} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "class" || name === "for") {
      node.setAttribute(name, String(value));
    } else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M5 12 4 4l17 8-17 8 1-8zm0 0h8",
  attach: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.800 4.800l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400L14.500 7.500",
  menu: "M4 7h16M4 12h16M4 17h10",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1 1M17.400 17.400l1 1M5.600 18.400l1-1M17.400 6.600l1-1",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.500l3 1.500",
  tick: "m5 13 4.500 4.500L19 7",
  warn: "M12 8v5M12 16.500v.1M12 3.500 2.500 20h19z",
  more: "M6 12h.1M12 12h.1M18 12h.1",
  reply: "M10 6 4 12l6 6M4.500 12H14a6 6 0 0 1 6 6",
  edit: "M4 20h4L19.500 8.500l-4-4L4 16zM13 7l4 4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  down: "m6 9 6 6 6-6",
  close: "m6 6 12 12M18 6 6 18",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  link: "M9 15 19 5M12 5h7v7",
  retry: "M20 12a8 8 0 1 1-2.500-5.800L20 8.500M20 4v4.500h-4.500",
};

/** @param {keyof ICONS} name @returns {SVGElement} a drawing that follows the colour of its text */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Show one of the page's dialogs and come back when it closes. */
export function shown(dialog) {
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}

let toasting = 0;

/** Say something in passing. @param {string} words */
export function toast(words) {
  const box = byId("toast");
  box.textContent = words;
  box.classList.add("on");
  clearTimeout(toasting);
  toasting = setTimeout(() => box.classList.remove("on"), 2500 + 40 * words.length);
}
