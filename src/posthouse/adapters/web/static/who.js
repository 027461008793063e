// Who is writing: asks for a name at first, changes it later.

import { byId, shown } from "./dom.js";

/** @returns {Promise<{title: string, person: {id: string, name: string}|null}>} */
export async function whoAmI() {
  const answer = await fetch("me");
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return answer.json();
}

/**
 * Ask for a name until the server has taken one.
 * @param {string} title of the bot
 * @param {string} [name] to change; then it can be left as it is
 * @returns {Promise<{id: string, name: string}|null>}
 */
export async function askName(title, name) {
  const dialog = byId("who");
  const field = byId("name");
  const isNew = name === undefined;
  byId("who-title").textContent = isNew ? `Welcome to ${title}` : "Your name";
  byId("who-words").hidden = !isNew;
  dialog.querySelector(".primary").textContent = isNew ? "Start chatting" : "Save";
  byId("who-cancel").hidden = isNew;
  byId("who-cancel").onclick = () => dialog.close();
  dialog.oncancel = (event) => isNew && event.preventDefault();
  field.value = name ?? "";
  let person = null;
  byId("who-form").onsubmit = async (event) => {
    event.preventDefault();
    person = await give(field.value.trim());
    if (person) dialog.close();
  };
  const closed = shown(dialog);
  field.focus();
  field.select();
  await closed;
  // Escape, pressed twice, closes a dialog whatever the page says.
  return person ?? (isNew ? askName(title) : null);
}

async function give(name) {
  const problem = byId("who-error");
  problem.textContent = "";
  try {
    const answer = await fetch("person", { method: "POST", body: JSON.stringify({ name }) });
    const said = await answer.json();
    if (answer.ok) return said;
    problem.textContent = said.error;
  } catch {
    problem.textContent = "The server does not answer; please try again.";
  }
  return null;
}
