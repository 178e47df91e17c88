// Messages that the assistant answers in the background, watched with the released live client.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { signedIn } from "../backend.mjs";
import { conversation, live, somebody, watch } from "../live/people.mjs";
import { call } from "./jobs.mjs";

async function scene(t) {
  const subject = somebody();
  const talk = await conversation(subject);
  const client = live(t, { subject });
  const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
  const files = watch(client, "files:getFiles", { projectId: talk.projectId });
  await messages.until(() => true);
  const say = (message, options) => call(subject, "POST", "/api/messages", { conversationId: talk.conversationId, message }, options);
  return { subject, client, messages, files, say, ...talk };
}

const answer = (messages) => messages?.findLast((message) => message.role === "assistant");

test("an answer is written before the eyes of its reader, and its tools change the files", async (t) => {
  const { messages, files, say, client, conversationId } = await scene(t);
  const title = watch(client, "conversations:getById", { id: conversationId });
  await say("Please write a program");
  const done = answer(await messages.until((all) => answer(all)?.status === "completed") && messages.latest);
  const texts = messages.values.map((all) => answer(all)?.content).filter((text) => text !== undefined);
  texts.slice(1).forEach((text, number) => assert.ok(text.startsWith(texts[number]), `${texts[number]} → ${text}`));
  assert.ok(new Set(texts).size >= 4, `seen growing: ${JSON.stringify([...new Set(texts)])}`);
  assert.deepEqual(done.toolCalls.map((tool) => tool.name), ["listFiles", "readFile", "writeFile", "writeFile", "deleteFile"]);
  assert.ok(done.toolCalls.every((tool) => typeof tool.result === "string"));
  await files.until((all) => all.some((file) => file.name === "main.py" && file.content === "print('hello')\n"));
  await files.until((all) => !all.some((file) => file.name === "notes.txt"));
  await title.until((found) => found.title === "Five Tools Used");
});

test("a message that is cancelled while it is written stays as it was then", async (t) => {
  const { subject, messages, files, say, projectId } = await scene(t);
  const begun = await say("Speak slowly");
  await messages.until((all) => answer(all)?.content.length > 5);
  const cancelled = await call(subject, "POST", "/api/messages/cancel", { projectId });
  assert.deepEqual(cancelled.messageIds, [begun.messageId]);
  await messages.until((all) => answer(all).status === "cancelled");
  const { content } = answer(messages.latest);
  await sleep(3000);
  assert.deepEqual([answer(messages.latest).status, answer(messages.latest).content], ["cancelled", content]);
  assert.deepEqual(files.latest ?? [], []);
});

test("a new message replaces the one that is being written", async (t) => {
  const { messages, say } = await scene(t);
  const first = await say("Speak slowly");
  await messages.until((all) => answer(all)?.content.length > 0);
  const second = await say("Write instead");
  assert.deepEqual(second.cancelledIds, [first.messageId]);
  await messages.until((all) => answer(all)._id === second.messageId && answer(all).status === "completed");
  assert.equal(messages.latest.find((message) => message._id === first.messageId).status, "cancelled");
});

test("a message that is sent again with its key is one message", async (t) => {
  const { say, messages } = await scene(t);
  const headers = { "Idempotency-Key": somebody() };
  const [one, two] = [await say("Write", { headers }), await say("Write", { headers })];
  assert.equal(one.messageId, two.messageId);
  await messages.until((all) => answer(all)?.status === "completed");
  assert.equal(messages.latest.length, 2);
});

test("nobody starts or stops what belongs to another", async (t) => {
  const { projectId, conversationId, say, messages } = await scene(t);
  const { messageId } = await say("Speak slowly");
  const other = somebody();
  await signedIn(other);
  const refused = { status: 403 };
  await call(other, "POST", "/api/messages", { conversationId, message: "Mine" }, refused);
  await call(other, "POST", "/api/messages/cancel", { projectId }, refused);
  await call(other, "DELETE", "/api/messages", { messageId }, refused);
  assert.equal(answer(messages.latest)?.status ?? "processing", "processing");
});
