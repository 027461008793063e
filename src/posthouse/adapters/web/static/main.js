// Puts the page together: who you are, the line, the model, and what each does to the others.

import { Composer } from "./composer.js";
import { byId, el, icon, shown, toast } from "./dom.js";
import { Line } from "./line.js";
import { openMenu } from "./menu.js";
import { AT_THE_END, Model } from "./model.js";
import { Outbox, freshId } from "./outbox.js";
import { restoreTheme, side } from "./side.js";
import { preview as previewOf, upload } from "./upload.js";
import { View } from "./view.js";
import { askName, whoAmI } from "./who.js";
import { sizeOf } from "./format.js";

const PRESS_PATIENCE_MS = 10000;
const BANNER_AFTER_MS = 1500;
const TYPING_AFTER_MS = 600;
/** What a followed link says; what it carries is for the bot alone. */
const FOLLOWED = /^\/start [\w-]{20,64}$/u;

restoreTheme();

const model = new Model();
/** Presses on their way: id to what ends the button's busy look. @type {Map<string, () => void>} */
const presses = new Map();
/** Messages that the bot has not answered yet. */
const unanswered = new Set();
/** The page's address that was gone to. */
let followed = "";
let line;
let view;
let composer;

// -- what a person does

function say(text, replyTo, file, preview) {
  if (!fits(text)) return false;
  const frame = { t: "say", id: freshId(), text };
  if (replyTo) frame.reply_to = replyTo;
  if (file) frame.file = file.key;
  const entry = line.post(frame, model.person.id, file);
  showSaid(entry, preview);
  expectAnswer(frame.id);
  return true;
}

function fits(text) {
  const bytes = new TextEncoder().encode(text).length;
  const most = model.limits.text_bytes;
  if (bytes > most) toast(`That is too long: ${sizeOf(bytes)}, and ${sizeOf(most)} are the most.`);
  return bytes <= most;
}

function edit(message, text) {
  if (!fits(text)) return false;
  line.post({ t: "edit", id: freshId(), message_id: message.id, text }, message.chat);
  return true;
}

/** Show a message of the outbox as being sent. */
function showSaid(entry, preview) {
  const { frame } = entry;
  if (frame.t !== "say") return;
  model.pending({
    id: `p${frame.id}`,
    chat: model.person.id,
    place: AT_THE_END,
    seq: 0,
    at: entry.at,
    mine: true,
    content: { text: { plain: frame.text.replace(FOLLOWED, "/start") }, ...mediaOf(entry.media) },
    reply_to: frame.reply_to,
    state: "sending",
    preview,
    entry,
  });
}

function mediaOf(file) {
  if (!file) return {};
  return file.width ? { photos: [file] } : { files: [file] };
}

/** All are uploaded at once, and said in the order in which they were chosen. */
function sendFiles(files, caption) {
  let before = Promise.resolve();
  files.forEach((file, index) => {
    before = sendFile(file, index === 0 ? caption : "", before);
  });
}

async function sendFile(file, caption, before) {
  const most = model.limits.upload_bytes;
  if (file.size > most) {
    toast(`${file.name} is too large: ${sizeOf(file.size)}, and ${sizeOf(most)} are the most.`);
    return;
  }
  const picture = await previewOf(file);
  const message = {
    id: `u${freshId()}`,
    chat: model.person.id,
    place: AT_THE_END,
    seq: 0,
    at: Date.now() / 1000,
    mine: true,
    content: { text: { plain: caption }, ...(picture ? { photos: [{ key: "", ...picture }] } : {}) },
    state: "uploading",
    preview: picture?.url,
  };
  await carry(file, caption, message, before);
}

async function carry(file, caption, message, before) {
  const sending = upload(file, (done) => {
    message.upload.done = done;
    const bar = view.find(message.id)?.querySelector("progress");
    if (bar) bar.value = done;
  });
  message.upload = { name: file.name, size: file.size, done: 0, cancel: sending.cancel };
  model.pending(message);
  try {
    const stored = await sending.done;
    await before;
    model.drop(message);
    say(caption, undefined, stored, message.preview);
  } catch (error) {
    model.drop(message);
    if (error.name === "AbortError") return;
    const again = () => carry(file, caption, { ...message, state: "uploading" });
    model.pending({ ...message, state: "refused", reason: error.message, again });
  }
}

function press(message, { key, button }) {
  const id = freshId();
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  const done = () => {
    clearTimeout(patience);
    presses.delete(id);
    for (const one of [button, ...view.list.querySelectorAll('[aria-busy="true"]')]) {
      one.removeAttribute("aria-busy");
      one.removeAttribute("aria-disabled");
    }
  };
  const patience = setTimeout(done, PRESS_PATIENCE_MS);
  presses.set(id, done);
  line.post({ t: "press", id, chat: message.chat, message_id: message.id, payload: key.payload }, message.chat);
}

function react(message, emoji) {
  const own = new Set(message.reacted ?? []);
  const reactions = { ...message.reactions };
  if (own.delete(emoji)) reactions[emoji] -= 1;
  else {
    own.add(emoji);
    reactions[emoji] = (reactions[emoji] ?? 0) + 1;
  }
  if (own.size > 3) {
    toast("Three reactions are the most.");
    return;
  }
  if (!reactions[emoji]) delete reactions[emoji];
  Object.assign(message, { reactions, reacted: [...own] });
  model.tell("message", message);
  line.post({ t: "react", id: freshId(), chat: message.chat, message_id: message.id, emoji: [...own] }, message.chat);
}

function retry(message) {
  model.drop(message);
  if (message.again) message.again();
  else if (message.entry) say(message.entry.frame.text, message.entry.frame.reply_to, message.entry.media, message.preview);
}

const acts = {
  press,
  react,
  retry,
  say: (_, words) => say(words),
  discard: (message) => model.drop(message),
  menu: (message, button) => openMenu(message, button, act),
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  goto: (message) => view.goTo(message.reply_to),
  photo: showPhoto,
  copy: async (message) => {
    await navigator.clipboard?.writeText(message.content.text.plain);
    toast("Copied.");
  },
  delete: (message) => {
    line.post({ t: "delete", id: freshId(), message_id: message.id }, message.chat);
    model.drop(message);
    byId("text").focus();
  },
};

const act = (name, message, detail) => {
  if (name === "press" && detail.button.getAttribute("aria-busy")) return;
  acts[name](message, detail);
};

function showPhoto(message, photo) {
  const box = byId("lightbox");
  const address = message.preview ?? `files/${photo.key}`;
  box.replaceChildren(
    el("img", { src: address, alt: message.content.text?.plain || "Photo" }),
    el(
      "div",
      { class: "lightbox-bar" },
      photo.key && el("a", { class: "icon-button", href: `files/${photo.key}?download`, "aria-label": "Download", download: "" }, icon("download")),
      el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => box.close() }, icon("close")),
    ),
  );
  box.onclick = (event) => event.target === box && box.close();
  shown(box).then(() => box.replaceChildren());
}

// -- what the server says

const heard = {
  welcome: (frame) => {
    model.welcome(frame);
    line.outbox.waiting().forEach((entry) => showSaid(entry));
    byId("app").hidden = false;
    follow();
    startLinked();
  },
  history: (frame) => {
    model.history(frame);
    follow();
  },
  message: (frame) => {
    if (!frame.mine && frame.chat === model.person.id) answered();
    model.message(frame);
  },
  pressed: (frame) => {
    presses.get(frame.id)?.();
    if (frame.text) toast(frame.text);
  },
  refused: refused,
  typing: (frame) => frame.chat === model.current && showTyping(true),
  you: (frame) => {
    model.person = { ...model.person, name: frame.name };
    model.tell("chats");
  },
  ack: () => {},
  later: () => {},
  synced: () => {},
};

function refused(frame) {
  const asked = frame.entry?.frame;
  presses.get(frame.id)?.();
  unanswered.delete(frame.id);
  const message = asked && model.chats.get(model.person.id)?.messages.get(`p${asked.id}`);
  if (asked?.t !== "say" || !message) {
    toast(frame.reason);
    return;
  }
  message.state = "refused";
  message.reason = frame.reason;
  model.tell("message", message);
}

// -- small things that follow the state

function expectAnswer(id) {
  unanswered.add(id);
  setTimeout(() => unanswered.has(id) && line.isOpen && showTyping(true), TYPING_AFTER_MS);
  setTimeout(() => unanswered.delete(id) && showTyping(unanswered.size > 0), 15000);
}

function answered() {
  unanswered.clear();
  showTyping(false);
}

function showTyping(isTyping) {
  byId("typing").hidden = !isTyping || model.chat?.kind !== "private";
  byId("presence").textContent = isTyping ? "typing…" : presence();
  if (isTyping && view.atEnd) view.toEnd();
}

function presence() {
  if (!line.isOpen) return "connecting…";
  return model.chat?.kind === "broadcast" ? "for everyone to read" : "online";
}

let bannerTimer = 0;

function showState() {
  clearTimeout(bannerTimer);
  const banner = byId("banner");
  byId("presence").textContent = presence();
  byId("presence").classList.toggle("online", line.isOpen);
  if (line.isOpen) {
    banner.hidden = true;
    return;
  }
  bannerTimer = setTimeout(() => {
    banner.textContent = "No connection. Trying again; what you write is kept and sent then.";
    banner.hidden = false;
  }, BANNER_AFTER_MS);
}

/** Tell the server what was seen, when it was. */
function seen() {
  const { chat } = model;
  if (!chat || document.hidden || !line.isOpen || !view.atEnd) return;
  const last = model.sorted(chat).filter((one) => !one.state).pop();
  if (!last || last.place <= chat.read) return;
  chat.read = last.place;
  chat.unread = 0;
  line.ask({ t: "read", chat: chat.id, message_id: last.id, place: last.place });
  model.tell("chats");
}

function choose(id) {
  model.current = id;
  model.tell("chat", id);
  model.tell("chats");
  showTyping(false);
  if (composer.canWrite) byId("text").focus();
}

/** Go to the message that the page's address names, as "#chat/message", once it is there. */
function follow() {
  const [chat, message] = location.hash.slice(1).split("/").map(decoded);
  if (location.hash === followed || !chat || !model.chats.has(chat)) return;
  if (chat !== model.current) choose(chat);
  requestAnimationFrame(() => {
    if (message && !view.find(message)) return;
    followed = location.hash;
    if (message) view.goTo(message);
  });
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Do what the page's address asks for, once: a link that opens the bot ends in "?start=". */
function startLinked() {
  const asked = new URLSearchParams(location.search).get("start");
  if (asked === null) return;
  history.replaceState(null, "", location.pathname + location.hash);
  if (model.current !== model.person.id) choose(model.person.id);
  if (/^[\w-]{1,64}$/u.test(asked)) say(`/start ${asked}`);
}

// -- start

function begin(person) {
  model.person = person;
  line = new Line(new Outbox(person.id));
  view = new View(model, act, (chat) => {
    chat.asked = true;
    const first = model.sorted(chat).find((one) => !one.state);
    if (first) line.ask({ t: "more", chat: chat.id, before: first.place });
  });
  composer = new Composer(model, {
    say,
    edit,
    files: sendFiles,
    typing: () => line.ask({ t: "typing" }),
  });
  side(model, choose);
  window.addEventListener("hashchange", () => {
    followed = "";
    follow();
  });
  line.addEventListener("frame", (event) => heard[event.detail.t]?.(event.detail));
  line.addEventListener("state", showState);
  line.addEventListener("nobody", () => location.reload());
  byId("rename").addEventListener("click", () => askName(model.title, model.person.name));
  setInterval(seen, 400);
  line.connect();
  line.addEventListener("state", () => byId("text").focus({ preventScroll: true }), { once: true });
}

async function start() {
  try {
    const { title, person } = await whoAmI();
    document.title = title;
    begin(person ?? (await askName(title)));
  } catch (error) {
    console.warn(error);
    toast("The server does not answer. Trying again…");
    setTimeout(start, 3000);
  }
}

start();
