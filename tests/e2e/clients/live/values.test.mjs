// Conformance 2: each kind of value goes through the socket and comes back the same.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { appServer, conversation, live, somebody, watch } from "./people.mjs";
import { internalKey } from "../backend.mjs";

const KINDS = {
  null: null,
  booleans: [true, false],
  "whole numbers": [0, 1, -1, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 70],
  fractions: [0.1, -1.5, 1e-7, 1e21, Math.PI],
  "numbers at the ends of float64": [Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE, 2.2250738585072014e-308],
  "negative zero": -0,
  "not a number": NaN,
  infinities: [Infinity, -Infinity],
  "64-bit integers": [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)],
  "no bytes": new ArrayBuffer(0),
  "all bytes": Uint8Array.from({ length: 256 }, (_, byte) => byte).buffer,
  "empty and plain text": ["", "text", " ", "0"],
  "text beyond ASCII": ["é", "漢字", "👩‍👩‍👧‍👦", "\u{10FFFF}", "\uFEFF"],
  "text that transports mangle": ["\u0000", "\uFFFE", "\uFFFF", "\u2028\u2029", "\\u0041", '"\\/\b\f\n\r\t'],
  "nothing inside": [[], {}, [[]], [{}]],
  "everything inside": { list: [1, 1n, null, { deeper: [new ArrayBuffer(3), -0, NaN] }], "a b": { "c.d": true } },
};

const subject = somebody();
let talk, messageId;

before(async () => {
  talk = await conversation(subject);
  const message = { ...talk.saying(""), role: "assistant", status: "processing" };
  messageId = await appServer().mutation("system:createMessage", message);
});

for (const [kind, value] of Object.entries(KINDS)) {
  test(`the same comes back: ${kind}`, async (t) => {
    const client = live(t, { subject });
    const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
    const toolCall = { id: kind, name: "echo", args: { value } };
    await client.mutation("system:appendToolCall", { internalKey, messageId, toolCall });
    const echo = (list) => list[0]?.toolCalls?.find((call) => call.id === kind);
    await messages.until((list) => echo(list));
    assert.deepEqual(echo(messages.latest).args, { value });
    assert.deepEqual(await client.query("system:getMessageById", { internalKey, messageId }), messages.latest[0]);
  });
}
