// grammY's own client and polling talk to the simulator.
//
// Run by a test as `node grammy_script.mjs BASE_URL TOKEN PLACES` from a folder that has grammy.

import { createRequire } from "node:module";
import assert from "node:assert/strict";
import process from "node:process";

const require = createRequire(process.cwd() + "/");
const { Bot, GrammyError, InlineKeyboard, InputFile, Keyboard } = require("grammy");

const [base, token, places] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4])];
const bot = new Bot(token, { client: { apiRoot: base } });
const { api } = bot;
const { ann, bo, group } = places;

async function refused(call, words, check = () => true) {
  let found;
  try {
    await call;
  } catch (error) {
    found = error;
  }
  assert.ok(found instanceof GrammyError, `nothing was refused with ${words}`);
  assert.ok(found.description.includes(words), found.description);
  assert.ok(check(found.parameters), JSON.stringify(found.parameters));
}

async function texts() {
  const sent = await api.sendMessage(ann, "<b>Tea</b>", { parse_mode: "HTML" });
  assert.deepEqual(sent.entities, [{ type: "bold", offset: 0, length: 3 }]);
  const markup = new InlineKeyboard().text("A", "a").url("B", "https://example.org");
  const edited = await api.editMessageText(ann, sent.message_id, "new", { reply_markup: markup });
  assert.equal(edited.reply_markup.inline_keyboard[0].length, 2);
  await api.editMessageReplyMarkup(ann, sent.message_id);
  const reply = await api.sendMessage(ann, "yes", {
    reply_parameters: { message_id: sent.message_id },
    reply_markup: new Keyboard().text("Yes").text("No"),
  });
  assert.equal(reply.reply_to_message.text, "new");
  const forwarded = await api.forwardMessage(ann, ann, sent.message_id);
  assert.equal(forwarded.forward_origin.type, "user");
  await api.copyMessage(ann, ann, sent.message_id);
  await api.setMessageReaction(ann, sent.message_id, [{ type: "emoji", emoji: "👍" }]);
  await api.pinChatMessage(ann, sent.message_id);
  await api.unpinAllChatMessages(ann);
  await api.deleteMessages(ann, [forwarded.message_id, reply.message_id]);
  await api.sendChatAction(ann, "typing");
}

async function media() {
  const picture = Buffer.from(places.picture, "hex");
  const photo = await api.sendPhoto(ann, new InputFile(picture, "a.png"), { caption: "x" });
  const known = photo.photo.at(-1).file_id;
  await api.sendPhoto(ann, known);
  const file = await api.sendDocument(ann, new InputFile(Buffer.from("hello"), "h.txt"));
  const { file_path } = await api.getFile(file.document.file_id);
  const loaded = await fetch(`${base}/file/bot${token}/${file_path}`);
  assert.equal(await loaded.text(), "hello");
  const album = await api.sendMediaGroup(ann, [
    { type: "photo", media: new InputFile(picture, "1.png"), caption: "two" },
    { type: "photo", media: known },
  ]);
  assert.equal(album[0].media_group_id, album[1].media_group_id);
  await api.editMessageCaption(ann, photo.message_id, { caption: "new" });
  await api.editMessageMedia(ann, photo.message_id, {
    type: "document",
    media: new InputFile(Buffer.from("other"), "o.txt"),
  });
  const poll = await api.sendPoll(ann, "Tea?", [{ text: "yes" }, { text: "no" }]);
  assert.equal((await api.stopPoll(ann, poll.message_id)).is_closed, true);
}

async function chats() {
  assert.equal((await api.getChat(group)).is_forum, true);
  await api.restrictChatMember(group, bo, { can_send_messages: false });
  assert.equal((await api.getChatMember(group, bo)).status, "restricted");
  await api.banChatMember(group, bo);
  await api.unbanChatMember(group, bo);
  const link = await api.createChatInviteLink(group, { name: "door" });
  assert.equal((await api.revokeChatInviteLink(group, link.invite_link)).is_revoked, true);
  const topic = await api.createForumTopic(group, "Plans");
  await api.closeForumTopic(group, topic.message_thread_id);
  await api.setMyCommands([{ command: "tea", description: "make tea" }]);
  assert.equal((await api.getMyCommands()).length, 1);
}

async function refusals() {
  const sent = await api.sendMessage(ann, "same");
  await refused(api.editMessageText(ann, sent.message_id, "same"), "message is not modified");
  await refused(api.deleteMessage(ann, 99999), "message to delete not found");
  await refused(api.sendMessage(ann, "<b>x", { parse_mode: "HTML" }), "Can't find end tag");
  await refused(api.sendMessage(ann, "x".repeat(4097)), "message is too long");
  await refused(api.sendMessage(ann, ""), "message text is empty");
  await refused(api.sendMessage(424242, "x"), "chat not found");
  await refused(api.sendMessage(places.stopped, "x"), "bot was blocked by the user");
  await refused(api.answerCallbackQuery("1"), "query is too old");
  await refused(
    api.sendMessage(places.old, "x"),
    "upgraded to a supergroup",
    (parameters) => parameters.migrate_to_chat_id === places.new,
  );
  await refused(
    api.sendMessage(places.busy, "x"),
    "retry after 7",
    (parameters) => parameters.retry_after === 7,
  );
}

bot.on("message:photo", (context) => context.reply(`photo ${context.message.photo.at(-1).width}`));
bot.on("message:text", (context) =>
  context.reply(`you said ${context.message.text}`, {
    reply_markup: new InlineKeyboard().text("More", "more"),
  }),
);
bot.on("edited_message:text", (context) =>
  context.reply(`you changed it to ${context.editedMessage.text}`),
);
bot.callbackQuery("more", async (context) => {
  await context.editMessageText("more it is");
  await context.answerCallbackQuery("done");
});
bot.on("my_chat_member", () => void bot.stop());

await texts();
await media();
await chats();
await refusals();
await bot.start({ timeout: 5, onStart: () => console.log("polling") });
console.log("done");
