// The line to the server: one WebSocket at a time, opened again with growing pauses, and the outbox sent over it.

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 15000;
const NOBODY = 4401;

/** Events: "frame" (detail: the frame), "state" (detail: "open" | "connecting"), "nobody" (the cookie is not valid). */
export class Line extends EventTarget {
  /** @param {import("./outbox.js").Outbox} outbox */
  constructor(outbox) {
    super();
    this.outbox = outbox;
    this.seq = 0;
    this.isOpen = false;
    this.isHeld = false;
    this.pause = FIRST_PAUSE_MS;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  connect() {
    clearTimeout(this.timer);
    const address = new URL("socket", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    const socket = this.socket;
    socket.onopen = () => this.ask({ t: "hello", seq: this.seq, language: navigator.language });
    socket.onmessage = (event) => this.heard(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
  }

  /** Try at once instead of waiting out the pause. */
  hurry() {
    if (this.socket?.readyState === WebSocket.CLOSED) this.connect();
  }

  lost(code) {
    this.turn(false);
    if (code === NOBODY) {
      this.dispatchEvent(new Event("nobody"));
      return;
    }
    const pause = this.pause * (0.5 + Math.random());
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 1.7);
    this.timer = setTimeout(() => this.connect(), pause);
  }

  heard(frame) {
    if (frame.seq && (frame.t === "message" || frame.t === "synced")) this.seq = Math.max(this.seq, frame.seq);
    if (frame.t === "welcome" && frame.fresh) this.seq = 0;
    if (frame.t === "ack" || frame.t === "refused") frame.entry = frame.id ? this.outbox.remove(frame.id) : undefined;
    if (frame.t === "later") this.hold(frame.retry_s);
    if (frame.t === "synced") {
      this.pause = FIRST_PAUSE_MS;
      this.isHeld = false;
      this.turn(true);
      this.repeat();
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  turn(isOpen) {
    this.isOpen = isOpen;
    this.dispatchEvent(new CustomEvent("state", { detail: isOpen ? "open" : "connecting" }));
  }

  /** The server is busy: wait, then send everything once more, so that nothing overtakes anything. */
  hold(seconds) {
    if (this.isHeld) return;
    this.isHeld = true;
    setTimeout(() => {
      this.isHeld = false;
      if (this.isOpen) this.repeat();
    }, seconds * 1000);
  }

  repeat() {
    for (const entry of this.outbox.waiting()) this.ask(entry.frame);
  }

  /** Do something that must not be lost. @param {any} frame with an id @param {string} chat @param {any} [media] */
  post(frame, chat, media) {
    const entry = this.outbox.add(frame, chat, media);
    if (this.isOpen && !this.isHeld) this.ask(frame);
    return entry;
  }

  /** Send a frame that may be lost. @param {any} frame */
  ask(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }
}
