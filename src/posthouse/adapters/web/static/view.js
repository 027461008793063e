// The list of messages: follows the model, keeps its place while older ones are put in above, follows the end while new
// ones come.

import { bubble } from "./bubble.js";
import { byId, el, icon } from "./dom.js";
import { dayOf } from "./format.js";
import { closeMenu, keepMenu } from "./menu.js";

const TOGETHER_S = 300;
const NEAR_END_PX = 120;

export class View {
  /**
   * @param {import("./model.js").Model} model
   * @param {(name: string, message: any, detail?: any) => void} act
   * @param {(chat: any) => void} wantOlder
   */
  constructor(model, act, wantOlder) {
    this.model = model;
    this.act = act;
    this.wantOlder = wantOlder;
    this.log = byId("log");
    this.list = byId("messages");
    this.down = byId("down");
    this.shown = "";
    this.unseen = 0;
    this.atEnd = true;
    this.down.append(icon("down"));
    this.down.addEventListener("click", () => this.toEnd(true));
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.list);
    model.addEventListener("chat", (event) => event.detail === model.current && this.all());
    model.addEventListener("message", (event) => this.one(event.detail));
    model.addEventListener("gone", (event) => this.gone(event.detail));
  }

  get desk() {
    const { chat } = this.model;
    return {
      quoted: (id) => chat.messages.get(id),
      who: chat.title,
      act: this.act,
    };
  }

  /** Draw the whole chat: another one, or a page of older messages came. */
  all() {
    const { chat } = this.model;
    if (!chat) return;
    closeMenu();
    const isOther = this.shown !== chat.id;
    const anchor = isOther ? null : this.anchor();
    this.shown = chat.id;
    this.log.setAttribute("aria-busy", "true"); // old messages are not news
    this.list.replaceChildren(...this.model.sorted(chat).map((message) => this.node(message)));
    this.arrange();
    if (isOther || this.atEnd) this.toEnd();
    else this.hold(anchor);
    requestAnimationFrame(() => {
      this.log.removeAttribute("aria-busy");
      this.scrolled();
    });
  }

  node(message) {
    const node = bubble(message, this.desk);
    node.message = message;
    return node;
  }

  find(id) {
    return this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Draw one message, new or changed. */
  one(message) {
    if (message.chat !== this.model.current) return;
    const old = this.find(message.id);
    const stays = this.atEnd || (message.mine && !old);
    const node = this.node(message);
    const openAgain = keepMenu(old);
    const focused = old?.contains(document.activeElement) ? placeOf(document.activeElement, old) : null;
    if (old && old.message.place === message.place) old.replaceWith(node);
    else {
      old?.remove();
      const next = [...this.list.children].find((other) => other.message && isAfter(other.message, message));
      this.list.insertBefore(node, next ?? null);
      if (!old) node.classList.add("new");
      if (!old && !message.mine && !this.atEnd) this.unseen += 1;
    }
    if (openAgain) openAgain(node, message);
    else if (focused) refocus(node, focused);
    this.arrange();
    if (stays) this.toEnd();
    this.label();
  }

  gone(message) {
    this.find(message.id)?.remove();
    this.arrange();
  }

  /** Day lines between days; messages of one side within minutes stand together. */
  arrange() {
    for (const line of [...this.list.querySelectorAll(".day, .empty")]) line.remove();
    let before = null;
    for (const node of [...this.list.children]) {
      const { message } = node;
      const isNewDay = !before || dayOf(before.at) !== dayOf(message.at);
      if (isNewDay) this.list.insertBefore(el("div", { class: "day" }, el("span", {}, dayOf(message.at))), node);
      const follows = !isNewDay && before.mine === message.mine && message.at - before.at < TOGETHER_S;
      node.classList.toggle("follows", follows);
      before = message;
    }
    if (!before) this.list.append(this.empty());
  }

  empty() {
    const { chat, commands } = this.model;
    if (chat.kind !== "private") return el("div", { class: "empty" }, el("p", {}, "Nothing has been published here yet."));
    const chips = commands.slice(0, 6).map(([name, words]) =>
      el("button", { type: "button", class: "chip", title: words, onclick: () => this.act("say", null, `/${name}`) }, `/${name}`),
    );
    return el(
      "div",
      { class: "empty" },
      el("h2", {}, "Say hello"),
      el("p", {}, "Messages you write here are kept until they have arrived, even without a connection."),
      el("div", { class: "chips" }, ...chips),
    );
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    this.atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.atEnd) this.unseen = 0;
    this.label();
    const { chat } = this.model;
    if (scrollTop < 400 && chat?.more && !chat.asked) this.wantOlder(chat);
  }

  label() {
    this.down.hidden = this.atEnd;
    const words = this.unseen ? `${this.unseen} new below, go there` : "To the newest message";
    this.down.setAttribute("aria-label", words);
    this.down.dataset.count = this.unseen ? String(this.unseen) : "";
  }

  toEnd(smoothly = false) {
    this.atEnd = true;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smoothly && !isCalm ? "smooth" : "instant" });
    this.label();
  }

  /** What stands at the top now, and how far from it. */
  anchor() {
    const top = this.log.getBoundingClientRect().top;
    for (const node of this.list.children) {
      const box = node.getBoundingClientRect();
      if (node.message && box.bottom > top) return { id: node.message.id, offset: box.top - top };
    }
    return null;
  }

  hold(anchor) {
    const node = anchor && this.find(anchor.id);
    if (!node) return;
    const top = this.log.getBoundingClientRect().top;
    this.log.scrollTop += node.getBoundingClientRect().top - top - anchor.offset;
  }

  /** Scroll to a message and point it out. */
  goTo(id) {
    const node = this.find(id);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("pointed");
    setTimeout(() => node.classList.remove("pointed"), 1600);
  }
}

const isAfter = (a, b) => a.place > b.place || (a.place === b.place && a.at > b.at);

const buttonsOf = (node) => [...node.querySelectorAll("button, a")];
const labelOf = (button) => button.getAttribute("aria-label") ?? button.textContent;

/** Which button of a message has the focus; a message edited in place must not take it from the keyboard. */
const placeOf = (button, node) => ({ at: buttonsOf(node).indexOf(button), label: labelOf(button) });

/** Focus the button of the same words, or else the one in the same place. */
function refocus(node, { at, label }) {
  const all = buttonsOf(node);
  const same = all[at] && labelOf(all[at]) === label ? all[at] : all.find((button) => labelOf(button) === label);
  (same ?? all[Math.min(at, all.length - 1)] ?? node).focus({ preventScroll: true });
}
