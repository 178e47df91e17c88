// Conformance 9: a result larger than API Gateway posts at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signedIn } from "../backend.mjs";
import { live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";

const GATEWAY_BYTES = 128 * 1024;

const CONTENTS = {
  // One more byte before them each time, so that every cut inside of a character would be met.
  "emoji": Array.from({ length: 4 }, (_, before) => "x".repeat(before) + "👩‍👩‍👧‍👦😀".repeat(3_000)).join("|"),
  "characters that JSON escapes": '"\\\n'.repeat(100_000),
  "letters": "a".repeat(300 * 1024),
};

async function scene(t, content) {
  const subject = somebody();
  const convex = await signedIn(subject);
  const projectId = await project(subject);
  const id = await convex.mutation("files:createFile", { projectId, name: "large.txt", content });
  const relay = await Relay.open(t);
  return { convex, id, relay, client: live(t, { subject, address: relay.url }) };
}

for (const [what, content] of Object.entries(CONTENTS)) {
  test(`a result of ${Math.round(Buffer.byteLength(content) / 1024)} KB of ${what} arrives in chunks`, async (t) => {
    const { id, relay, client } = await scene(t, content);
    const file = watch(client, "files:getFile", { id });
    await file.until((found) => found.content === content);
    const chunks = relay.sent("server", "TransitionChunk");
    assert.ok(chunks.length >= 3);
    assert.deepEqual(chunks.map((chunk) => chunk.partNumber), [...chunks.keys()]);
    for (const { bytes } of relay.frames) assert.ok(bytes <= GATEWAY_BYTES);
  });
}

test("pings between chunks do no harm, and the next change arrives", async (t) => {
  const { convex, id, relay, client } = await scene(t, CONTENTS.emoji);
  relay.intercept = ({ link, message }) => {
    if (message.type === "TransitionChunk") link.toClient(JSON.stringify({ type: "Ping" }));
    return true;
  };
  const file = watch(client, "files:getFile", { id });
  await file.until((found) => found.content === CONTENTS.emoji);
  await convex.mutation("files:updateFile", { id, content: CONTENTS.letters });
  await file.until((found) => found.content === CONTENTS.letters);
  await convex.mutation("files:updateFile", { id, content: "small" });
  await file.until((found) => found.content === "small");
  assert.equal(relay.links.length, 1);
});
