// All that the page knows: chats and their messages. It changes by frames and tells what changed; it draws nothing.

/**
 * @typedef {{id: string, chat: string, place: number, seq: number, at: number, mine: boolean, content: any,
 *   reply_to?: string, edited?: boolean, deleted?: boolean, reactions?: Record<string, number>, reacted?: string[],
 *   state?: "sending"|"refused"|"uploading", reason?: string, entry?: any, upload?: any}} Message
 * @typedef {{id: string, title: string, kind: string, unread: number, read: number, choices: string[][],
 *   messages: Map<string, Message>, more: boolean, asked: boolean}} Chat
 */

/** Events: "chats", "chat" (detail: id; all of it), "message" (detail: the message), "gone" (the same). */
export class Model extends EventTarget {
  constructor() {
    super();
    /** @type {Map<string, Chat>} */
    this.chats = new Map();
    this.current = "";
    this.person = { id: "", name: "" };
    this.title = "";
    this.commands = [];
    this.limits = { text_bytes: 65536, upload_bytes: 10485760 };
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @returns {Chat|undefined} the chat that is shown */
  get chat() {
    return this.chats.get(this.current);
  }

  welcome(frame) {
    const old = this.chats;
    this.chats = new Map();
    for (const chat of frame.chats) {
      const before = old.get(chat.id);
      const messages = before && !frame.fresh ? before.messages : this.unsent(before);
      this.chats.set(chat.id, {
        unread: 0, read: 0, choices: [], ...chat, messages, more: before?.more ?? false, asked: false,
      });
    }
    this.person = frame.person;
    this.title = frame.title;
    this.commands = frame.commands;
    this.limits = frame.limits;
    if (!this.chats.has(this.current)) this.current = frame.chats[0].id;
    this.tell("chats");
    this.tell("chat", this.current);
  }

  unsent(chat) {
    return new Map([...(chat?.messages ?? [])].filter(([, message]) => message.state));
  }

  history(frame) {
    const chat = this.chats.get(frame.chat);
    if (!chat) return;
    chat.more = Boolean(frame.more);
    chat.asked = false;
    for (const message of frame.messages) this.put(chat, message);
    this.tell("chat", chat.id);
  }

  /** A message came or changed. */
  message(frame) {
    const chat = this.chats.get(frame.chat);
    if (!chat) return;
    const isNew = !chat.messages.has(frame.id);
    if (frame.deleted) {
      const gone = chat.messages.get(frame.id);
      if (gone) this.drop(gone);
      return;
    }
    const message = this.put(chat, frame);
    if (!message) return;
    if (!message.mine && message.content.choices) {
      const last = Math.max(0, ...[...chat.messages.values()].filter(hasChoices).map((one) => one.place));
      if (message.place >= last) chat.choices = message.content.choices;
    }
    if (isNew && !message.mine && message.place > chat.read) chat.unread += 1;
    this.tell("message", message);
    this.tell("chats");
  }

  /** @returns {Message|null} what is held now, or null when a newer one was there */
  put(chat, frame) {
    const before = chat.messages.get(frame.id);
    if (before && !before.state && before.seq > frame.seq) return null;
    const message = { mine: false, edited: false, reactions: {}, ...frame };
    message.reacted = frame.reacted ?? before?.reacted ?? [];
    if (before?.preview) message.preview = before.preview;
    chat.messages.set(message.id, message);
    return message;
  }

  /** Show something that is on its way. @param {Message} message */
  pending(message) {
    const chat = this.chats.get(message.chat);
    if (!chat || chat.messages.has(message.id)) return;
    chat.messages.set(message.id, message);
    this.tell("message", message);
  }

  drop(message) {
    this.chats.get(message.chat)?.messages.delete(message.id);
    this.tell("gone", message);
    this.tell("chats");
  }

  /** @returns {Message[]} the messages of a chat as they stand */
  sorted(chat) {
    return [...chat.messages.values()].sort((a, b) => a.place - b.place || a.at - b.at);
  }

  /** @returns {Message|undefined} the own text that was said last */
  lastOwn() {
    if (!this.chat) return undefined;
    return this.sorted(this.chat).filter((one) => one.mine && !one.state && one.content.text?.plain).pop();
  }
}

const hasChoices = (message) => !message.mine && Boolean(message.content.choices);

/** Where messages on their way stand: below all others. */
export const AT_THE_END = Number.MAX_SAFE_INTEGER;
