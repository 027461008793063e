// What was done but is not known to be durable on the server yet. It survives a reload and a closed tab: every frame has
// a key of its own in localStorage, and whichever tab connects next sends them all once more, in order, with their ids.

const PRESS_LIVES_MS = 120000;

export class Outbox {
  /** @param {string} person whose frames these are */
  constructor(person) {
    this.prefix = `posthouse:${location.pathname}:${person}:`;
    /** @type {Map<string, {n: number, chat: string, at: number, frame: any}>} */
    this.entries = new Map();
    this.reload();
  }

  /** Take in what other tabs, or this one before a reload, have left. */
  reload() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        const entry = JSON.parse(localStorage.getItem(key) ?? "null");
        if (entry?.frame?.id) this.entries.set(entry.frame.id, entry);
      }
    } catch {
      // No storage (a private window, or it is full): then it is kept for as long as the page lives.
    }
  }

  /** @param {any} frame @param {string} chat @param {any} [media] the uploaded file it shows */
  add(frame, chat, media) {
    const last = Math.max(0, ...[...this.entries.values()].map((entry) => entry.n));
    const entry = { n: Math.max(Date.now(), last + 1), at: Date.now() / 1000, chat, frame, media };
    this.entries.set(frame.id, entry);
    try {
      localStorage.setItem(this.prefix + frame.id, JSON.stringify(entry));
    } catch {
      // As above.
    }
    return entry;
  }

  /** @param {string} id @returns {any} what was taken out, if it was there */
  remove(id) {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    try {
      localStorage.removeItem(this.prefix + id);
    } catch {
      // As above.
    }
    return entry;
  }

  /** All that waits, in order. A press that is minutes old is no longer meant. */
  waiting() {
    this.reload();
    const all = [...this.entries.values()].sort((a, b) => a.n - b.n);
    return all.filter((entry) => {
      const isStale = entry.frame.t === "press" && Date.now() - entry.at * 1000 > PRESS_LIVES_MS;
      if (isStale) this.remove(entry.frame.id);
      return !isStale;
    });
  }
}

/** @returns {string} an id never used before; also where crypto.randomUUID is missing (plain http) */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
