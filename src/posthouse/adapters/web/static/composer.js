// Where one writes: the text field with its commands, reply and edit, attachments, ready answers.

import { byId, el, icon } from "./dom.js";
import { summary } from "./format.js";

const TYPING_EVERY_MS = 4000;
const HIGHEST_PX = 180;
const LONG = 10000;
const isTouch = matchMedia("(pointer: coarse)");

export class Composer {
  /**
   * @param {import("./model.js").Model} model
   * @param {{say: (text: string, replyTo?: string) => boolean, edit: (message: any, text: string) => boolean,
   *   files: (files: File[], caption: string) => void, typing: () => void}} post
   */
  constructor(model, post) {
    this.model = model;
    this.post = post;
    this.text = byId("text");
    this.context = byId("context");
    this.options = byId("suggestions");
    this.replying = null;
    this.editing = null;
    this.picked = -1;
    this.typed = 0;
    byId("attach").append(icon("attach"));
    byId("send").append(icon("send"));
    this.listen();
    model.addEventListener("chats", () => this.refresh());
    this.refresh();
  }

  listen() {
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.suggest([]), 150));
    this.text.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) {
        event.preventDefault();
        this.attach(files);
      }
    });
    const picker = byId("file");
    byId("attach").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      this.attach([...picker.files]);
      picker.value = "";
    });
    this.listenForDrops();
  }

  listenForDrops() {
    const main = document.querySelector("main");
    const drop = byId("drop");
    let depth = 0;
    const isFiles = (event) => this.canWrite && [...(event.dataTransfer?.types ?? [])].includes("Files");
    const show = (by) => {
      depth = Math.max(0, depth + by);
      drop.hidden = depth === 0;
    };
    main.addEventListener("dragenter", (event) => isFiles(event) && show(1));
    main.addEventListener("dragleave", (event) => isFiles(event) && show(-1));
    main.addEventListener("dragover", (event) => isFiles(event) && event.preventDefault());
    main.addEventListener("drop", (event) => {
      depth = 0;
      drop.hidden = true;
      if (!isFiles(event)) return;
      event.preventDefault();
      this.attach([...event.dataTransfer.files]);
    });
  }

  get canWrite() {
    return this.model.chat?.kind === "private";
  }

  /** Another chat, or other ready answers. */
  refresh() {
    const { chat } = this.model;
    byId("composer").hidden = !this.canWrite;
    byId("closed").hidden = !chat || this.canWrite;
    const box = byId("choices");
    const rows = (this.canWrite && chat.choices) || [];
    const drawn = JSON.stringify(rows);
    if (box.dataset.drawn === drawn) return;
    box.dataset.drawn = drawn;
    box.hidden = !rows.length;
    box.replaceChildren(
      ...rows.map((row) =>
        el("div", { class: "row" }, ...row.map((words) =>
          el("button", { type: "button", class: "choice", dir: "auto", onclick: () => this.post.say(words) }, words),
        )),
      ),
    );
  }

  send() {
    const words = this.text.value.trim();
    if (!words) return;
    if (this.editing ? this.change(words) : this.post.say(words, this.replying?.id)) this.clear();
  }

  /** @returns {boolean} whether it was taken, or there was nothing to change */
  change(words) {
    return words === this.editing.content.text?.plain || this.post.edit(this.editing, words);
  }

  clear() {
    this.text.value = "";
    this.replying = null;
    this.editing = null;
    this.typed = 0;
    this.showContext();
    this.suggest([]);
    this.grow();
  }

  attach(files) {
    if (!files.length || !this.canWrite) return;
    const caption = this.editing ? "" : this.text.value.trim();
    this.post.files(files, caption);
    if (caption) this.clear();
    this.text.focus();
  }

  reply(message) {
    if (this.editing) this.clear();
    this.replying = message;
    this.showContext();
    this.text.focus();
  }

  edit(message) {
    this.clear();
    this.editing = message;
    this.text.value = message.content.text?.plain ?? "";
    this.showContext();
    this.grow();
    this.text.focus();
  }

  showContext() {
    const about = this.editing ?? this.replying;
    this.context.hidden = !about;
    if (!about) return;
    const words = this.editing ? "Edit message" : "Reply";
    this.context.replaceChildren(
      icon(this.editing ? "edit" : "reply"),
      el("span", { class: "context-words" }, el("b", {}, words), el("span", { dir: "auto" }, summary(about.content))),
      el("button", { type: "button", class: "icon-button", "aria-label": `Cancel: ${words}`, onclick: () => this.cancel() }, icon("close")),
    );
  }

  cancel() {
    if (this.editing) this.clear();
    this.replying = null;
    this.showContext();
    this.text.focus();
  }

  // -- keys

  key(event) {
    if (event.isComposing) return;
    if (!this.options.hidden && this.keyInOptions(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && !isTouch.matches) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      const last = this.model.lastOwn();
      if (last) {
        event.preventDefault();
        this.edit(last);
      }
    } else if (event.key === "Escape" && (this.editing || this.replying)) {
      event.stopPropagation();
      this.cancel();
    }
  }

  keyInOptions(event) {
    const count = this.options.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.pick((this.picked + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (event.key === "Tab" || (event.key === "Enter" && !this.isWhole())) {
      this.options.children[this.picked]?.click();
    } else if (event.key === "Escape") this.suggest([]);
    else return false;
    return true;
  }

  /** Whether a command is written out: Enter then sends it. */
  isWhole() {
    return this.model.commands.some(([name]) => `/${name}` === this.text.value.trim());
  }

  changed() {
    this.grow();
    const start = /^\/(\S*)$/u.exec(this.text.value);
    this.suggest(start ? this.model.commands.filter(([name]) => name.startsWith(start[1].toLowerCase())) : []);
    if (this.text.value && Date.now() - this.typed > TYPING_EVERY_MS) {
      this.typed = Date.now();
      this.post.typing();
    }
  }

  grow() {
    if (this.text.value.length > LONG) {
      this.text.style.height = `${HIGHEST_PX}px`; // measuring a pasted book takes seconds
      return;
    }
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, HIGHEST_PX)}px`;
  }

  // -- commands

  suggest(commands) {
    this.options.hidden = !commands.length;
    this.options.replaceChildren(
      ...commands.slice(0, 8).map(([name, words], at) =>
        el(
          "li",
          { id: `suggestion-${at}`, role: "option", "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => this.complete(name) },
          el("b", {}, `/${name}`),
          el("span", { dir: "auto" }, words),
        ),
      ),
    );
    if (commands.length) this.pick(0);
    else this.text.removeAttribute("aria-activedescendant");
  }

  pick(at) {
    this.picked = at;
    [...this.options.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    this.text.setAttribute("aria-activedescendant", `suggestion-${at}`);
    this.options.children[at]?.scrollIntoView({ block: "nearest" });
  }

  complete(name) {
    this.text.value = `/${name} `;
    this.suggest([]);
    this.grow();
    this.text.focus();
  }
}
