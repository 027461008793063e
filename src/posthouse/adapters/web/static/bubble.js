// One message as DOM.

import { el, icon } from "./dom.js";
import { exactTime, sizeOf, summary, timeOf } from "./format.js";
import { rendered } from "./text.js";

/**
 * @param {import("./model.js").Message} message
 * @param {{quoted: (id: string) => any, who: string, act: (name: string, message: any, detail?: any) => void}} desk
 */
export function bubble(message, desk) {
  const { content } = message;
  const whose = message.mine ? "mine" : "theirs";
  const node = el("article", {
    class: `message ${whose} ${message.state ?? ""}`,
    "data-id": message.id,
    "aria-label": `${message.mine ? "You" : desk.who}, ${timeOf(message.at)}`,
  });
  const isWords = !content.photos?.length && !content.files?.length && !message.reply_to && !message.upload;
  const isBare = content.photos?.length && !content.text?.plain;
  const looks = isWords ? "bubble words" : isBare ? "bubble bare" : "bubble";
  node.append(
    el(
      "div",
      { class: looks },
      message.reply_to && quote(message, desk),
      content.photos?.length ? photos(message, desk) : null,
      ...(content.files ?? []).map(file),
      content.text?.plain ? rendered(content.text) : null,
      message.state === "uploading" && progress(message, desk),
      foot(message),
    ),
  );
  if (content.rows?.length) node.append(keyboard(message, desk));
  if (message.state === "refused") node.append(refusal(message, desk));
  const reactions = Object.entries(message.reactions ?? {});
  if (reactions.length) node.append(reactionRow(message, reactions, desk));
  if (!message.state) node.append(moreButton(message, desk));
  return node;
}

function quote(message, desk) {
  const quoted = desk.quoted(message.reply_to);
  const words = quoted ? summary(quoted.content) : "An earlier message";
  return el(
    "button",
    { type: "button", class: "quoted", onclick: () => desk.act("goto", message) },
    el("b", {}, quoted?.mine ? "You" : desk.who),
    el("span", { dir: "auto" }, words),
  );
}

function photos(message, desk) {
  const all = message.content.photos;
  return el(
    "div",
    { class: all.length > 1 ? "photos many" : "photos" },
    ...all.map((photo) => {
      const image = el("img", {
        src: message.preview ?? `files/${photo.key}`,
        alt: message.content.text?.plain || "Photo",
        width: photo.width,
        height: photo.height,
        loading: "lazy",
        decoding: "async",
      });
      image.style.setProperty("--ratio", String(photo.width / photo.height));
      const label = `Photo, ${photo.width} by ${photo.height}, open`;
      return el(
        "button",
        { type: "button", class: "photo", "aria-label": label, onclick: () => desk.act("photo", message, photo) },
        image,
      );
    }),
  );
}

function file(file) {
  return el(
    "a",
    { class: "file", href: `files/${file.key}?download`, download: file.name },
    el("span", { class: "file-icon" }, icon("file")),
    el("span", { class: "file-words" }, el("bdi", {}, file.name), el("small", {}, sizeOf(file.size_bytes))),
    icon("download"),
  );
}

function progress(message, desk) {
  const { upload } = message;
  return el(
    "div",
    { class: "uploading" },
    el("span", { class: "file-words" }, el("bdi", {}, upload.name), el("small", {}, sizeOf(upload.size))),
    el("progress", { max: 1, value: upload.done, "aria-label": `Sending ${upload.name}` }),
    el(
      "button",
      { type: "button", class: "icon-button", "aria-label": `Cancel sending ${upload.name}`, onclick: upload.cancel },
      icon("close"),
    ),
  );
}

function foot(message) {
  // A screen with buttons is edited on every press; saying so each time would be noise.
  const isEdited = message.edited && (message.mine || !message.content.rows?.length);
  return el(
    "div",
    { class: "meta" },
    isEdited && el("span", {}, "edited"),
    el("time", { dateTime: new Date(message.at * 1000).toISOString(), title: exactTime(message.at) }, timeOf(message.at)),
    message.mine && stateMark(message.state),
  );
}

const STATES = { sending: ["clock", "Sending"], uploading: ["clock", "Sending"], refused: ["warn", "Not sent"] };

function stateMark(state) {
  const [drawing, words] = STATES[state] ?? ["tick", "Sent"];
  return el("span", { class: `mark ${drawing}`, role: "img", "aria-label": words, title: words }, icon(drawing));
}

function keyboard(message, desk) {
  return el(
    "div",
    { class: "keyboard", role: "group", "aria-label": "Buttons" },
    ...message.content.rows.map((row) =>
      el("div", { class: "row" }, ...row.map((key) => keyButton(key, message, desk))),
    ),
  );
}

function keyButton(key, message, desk) {
  if (key.url) {
    const isHere = key.url.startsWith("#"); // a message of this page
    const isSafe = isHere || /^(https?|mailto|tel):/iu.test(key.url);
    const elsewhere = isHere ? {} : { target: "_blank", rel: "noopener noreferrer" };
    const props = { class: "key", href: isSafe ? key.url : undefined, ...elsewhere };
    return el("a", props, el("span", { dir: "auto" }, key.label), icon("link"));
  }
  const button = el("button", { type: "button", class: "key" }, el("span", { dir: "auto" }, spoken(key.label)));
  button.addEventListener("click", () => desk.act("press", message, { key, button }));
  return button;
}

const ARROWS = { "‹": "Back", "›": "Next", "«": "First", "»": "Last", "⌂": "Home", "×": "Close" };

/** A label of one sign gets words for those who hear it. */
function spoken(label) {
  const words = ARROWS[label.trim()];
  return words ? el("span", { role: "img", "aria-label": words }, label) : label;
}

function refusal(message, desk) {
  return el(
    "div",
    { class: "refusal", role: "alert" },
    el("span", {}, message.reason ?? "It was not sent."),
    el("button", { type: "button", class: "quiet", onclick: () => desk.act("retry", message) }, "Try again"),
    el("button", { type: "button", class: "quiet", onclick: () => desk.act("discard", message) }, "Discard"),
  );
}

function reactionRow(message, reactions, desk) {
  return el(
    "div",
    { class: "reactions", role: "group", "aria-label": "Reactions" },
    ...reactions.map(([emoji, count]) => {
      const isOwn = message.reacted?.includes(emoji);
      const props = {
        type: "button",
        class: "reaction",
        "aria-pressed": String(Boolean(isOwn)),
        "aria-label": `${emoji}, ${count}`,
        onclick: () => desk.act("react", message, emoji),
      };
      return el("button", props, el("span", {}, emoji), count > 1 && el("small", {}, String(count)));
    }),
  );
}

function moreButton(message, desk) {
  const button = el(
    "button",
    { type: "button", class: "icon-button more", "aria-label": "More about this message", "aria-haspopup": "menu", "aria-expanded": "false" },
    icon("more"),
  );
  button.addEventListener("click", () => desk.act("menu", message, button));
  return button;
}
