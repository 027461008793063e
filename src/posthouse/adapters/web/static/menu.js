// The small menu of one message: reactions, reply, copy, edit, delete.

import { el, icon } from "./dom.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

let open = null;

/**
 * @param {import("./model.js").Message} message
 * @param {HTMLElement} button under which it opens
 * @param {(name: string, message: any, detail?: any) => void} act
 */
export function openMenu(message, button, act) {
  const wasHere = open?.button === button;
  closeMenu();
  if (wasHere) return;
  const pick = (name, detail) => () => {
    closeMenu();
    act(name, message, detail);
  };
  const item = (drawing, words, name) =>
    el("button", { type: "button", role: "menuitem", class: "item", onclick: pick(name) }, icon(drawing), words);
  const isOwnText = message.mine && message.content.text?.plain;
  const box = el(
    "div",
    { class: "menu", role: "menu", "aria-label": "Message" },
    el("div", { class: "menu-emoji", role: "group", "aria-label": "React" }, ...EMOJI.map((emoji) => reaction(message, emoji, pick))),
    item("reply", "Reply", "reply"),
    message.content.text?.plain && item("copy", "Copy", "copy"),
    isOwnText && item("edit", "Edit", "edit"),
    message.mine && item("trash", "Delete", "delete"),
  );
  box.addEventListener("keydown", (event) => steer(event, box));
  button.after(box);
  button.setAttribute("aria-expanded", "true");
  const log = button.closest(".log").getBoundingClientRect();
  box.classList.toggle("above", box.getBoundingClientRect().bottom > log.bottom);
  open = { box, button, act };
  box.querySelector("button").focus();
}

/**
 * Keep the menu of a message that is about to be drawn anew, as when it is acknowledged.
 *
 * @param {HTMLElement | null} old
 * @returns {((node: HTMLElement, message: any) => void) | null} what opens it again, null where none is open
 */
export function keepMenu(old) {
  if (!open || !old?.contains(open.button)) return null;
  const { box, act } = open;
  const at = [...box.querySelectorAll("button")].indexOf(document.activeElement);
  return (node, message) => {
    const button = node.querySelector(".more");
    closeMenu();
    if (!button) return;
    openMenu(message, button, act);
    const items = [...open.box.querySelectorAll("button")];
    items[Math.min(Math.max(at, 0), items.length - 1)].focus();
  };
}

function reaction(message, emoji, pick) {
  const props = {
    type: "button",
    role: "menuitemcheckbox",
    "aria-checked": String(Boolean(message.reacted?.includes(emoji))),
    "aria-label": `React with ${emoji}`,
    onclick: pick("react", emoji),
  };
  return el("button", props, emoji);
}

function steer(event, box) {
  const items = [...box.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step) {
    items[(at + step + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    const { button } = open;
    closeMenu();
    button.focus();
    if (event.key === "Tab") return;
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

export function closeMenu() {
  open?.box.remove();
  open?.button.setAttribute("aria-expanded", "false");
  open = null;
}

addEventListener("pointerdown", (event) => {
  if (open && !open.box.contains(event.target) && !open.button.contains(event.target)) closeMenu();
});
