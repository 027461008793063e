// Times, sizes and names as people read them.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const year = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** @param {number} at seconds since 1970 */
export const timeOf = (at) => time.format(at * 1000);

/** @param {number} at seconds since 1970 */
export const exactTime = (at) => exact.format(at * 1000);

/** @param {number} at seconds since 1970 @returns {string} the day, "Today" or "Yesterday" where it fits */
export function dayOf(at) {
  const then = new Date(at * 1000);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(then)) / 86400000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (then.getFullYear() === now.getFullYear() ? day : year).format(then);
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1000 && unit < 2) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** @param {string} name @returns {string} up to two letters that stand for a name */
export function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = (word) => Array.from(word)[0].toUpperCase();
  return words.length > 1 ? first(words[0]) + first(words[words.length - 1]) : words.map(first).join("");
}

/** @param {any} content @returns {string} a message in one line */
export function summary(content) {
  const words = (content.text?.plain ?? "").replace(/\s+/gu, " ").trim();
  if (words) return words.length > 120 ? `${Array.from(words).slice(0, 120).join("")}…` : words;
  if (content.photos?.length) return "Photo";
  if (content.files?.length) return content.files[0].name;
  return "Message";
}
