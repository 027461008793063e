// The side with the chats, the person's name, and light or dark.

import { byId, el, icon } from "./dom.js";
import { initials, summary, timeOf } from "./format.js";

/** @param {import("./model.js").Model} model @param {(chat: string) => void} choose */
export function side(model, choose) {
  const draw = () => {
    byId("me-name").textContent = model.person.name;
    byId("me-avatar").textContent = initials(model.person.name);
    byId("chats").replaceChildren(...listed(model).map((chat) => chatButton(model, chat, choose)));
    byId("title").textContent = model.chat?.title ?? model.title;
    byId("avatar").textContent = initials(model.chat?.title ?? model.title);
    const unread = [...model.chats.values()].reduce((sum, chat) => sum + chat.unread, 0);
    document.title = (unread ? `(${unread > 99 ? "99+" : unread}) ` : "") + model.title;
    byId("menu").classList.toggle("news", [...model.chats.values()].some((chat) => chat.unread && chat.id !== model.current));
  };
  let isWaiting = false;
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      const chosen = document.activeElement?.dataset?.chat;
      draw();
      if (chosen) byId("chats").querySelector(`[data-chat="${CSS.escape(chosen)}"]`)?.focus();
    });
  };
  model.addEventListener("chats", later);
  model.addEventListener("chat", later);
  draw();
  drawer();
  theme();
  return { draw };
}

/** Shared chats appear with their first message: until then there is nothing to read in them. */
const listed = (model) =>
  [...model.chats.values()].filter((chat) => chat.kind !== "broadcast" || chat.messages.size || chat.unread || chat.id === model.current);

function chatButton(model, chat, choose) {
  const last = model.sorted(chat).pop();
  const isCurrent = chat.id === model.current;
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "chat-button", "data-chat": chat.id, "aria-current": isCurrent ? "true" : undefined, onclick: () => choose(chat.id) },
      el("span", { class: "avatar small", "aria-hidden": "true" }, initials(chat.title)),
      el(
        "span",
        { class: "chat-words" },
        el("span", { class: "chat-title", dir: "auto" }, chat.title),
        el("span", { class: "chat-last", dir: "auto" }, isCurrent || !last ? kindOf(chat) : (last.mine ? "You: " : "") + summary(last.content)),
      ),
      el(
        "span",
        { class: "chat-side" },
        last && el("span", { class: "chat-time" }, timeOf(last.at)),
        chat.unread ? el("span", { class: "unread" }, chat.unread > 99 ? "99+" : String(chat.unread), el("span", { class: "sr" }, " unread")) : null,
      ),
    ),
  );
}

const kindOf = (chat) => (chat.kind === "broadcast" ? "For everyone to read" : "You and the bot");

const phone = matchMedia("(max-width: 760px)");

/** On a phone the side is a drawer. */
function drawer() {
  const menu = byId("menu");
  menu.append(icon("menu"));
  const turn = (isOpen) => {
    document.body.classList.toggle("drawer", isOpen);
    byId("shade").hidden = !isOpen;
    menu.setAttribute("aria-expanded", String(isOpen));
    byId("side").inert = phone.matches && !isOpen;
    document.querySelector("main").inert = phone.matches && isOpen;
    if (isOpen) byId("chats").querySelector("button")?.focus();
  };
  menu.addEventListener("click", () => turn(!document.body.classList.contains("drawer")));
  byId("shade").addEventListener("click", () => turn(false));
  byId("side").addEventListener("click", (event) => event.target.closest(".chat-button") && turn(false));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("drawer")) {
      turn(false);
      menu.focus();
    }
  });
  phone.addEventListener("change", () => turn(false));
  turn(false);
}

const THEMES = { "": ["auto", "Colours: as the system"], light: ["sun", "Colours: light"], dark: ["moon", "Colours: dark"] };

function theme() {
  const button = byId("theme");
  const names = Object.keys(THEMES);
  const draw = () => {
    const now = document.documentElement.dataset.theme ?? "";
    const [drawing, words] = THEMES[now];
    button.replaceChildren(icon(drawing));
    button.setAttribute("aria-label", `${words}, change`);
    button.title = words;
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "";
    setTheme(names[(names.indexOf(now) + 1) % names.length]);
    draw();
  });
  draw();
}

/** @param {string} name "" for the system's own */
function setTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  try {
    localStorage.setItem("posthouse:theme", name);
  } catch {
    // It holds until the page is closed, then.
  }
}

/** Take up the colours chosen last time. */
export function restoreTheme() {
  try {
    const name = localStorage.getItem("posthouse:theme");
    if (name && name in THEMES) document.documentElement.dataset.theme = name;
  } catch {
    // Then the system decides.
  }
}
