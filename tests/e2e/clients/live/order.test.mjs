// Conformance 6: mutations run in the order in which they were called, however their frames arrive.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";

// By how many places a frame is late at most; more would not arrive in the time that frames wait for each other.
const OVERTAKEN = 20;

const numbered = (count) => Array.from({ length: count }, (_, n) => `message ${n}`);

async function talked(t, address, contents) {
  const subject = somebody();
  const talk = await conversation(subject);
  const client = live(t, { subject, address });
  const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
  const ids = await Promise.all(contents.map((content) => client.mutation("system:createMessage", talk.saying(content))));
  assert.deepEqual(messages.latest.map((message) => message.content), contents);
  assert.deepEqual(messages.latest.map((message) => message._id), ids);
  return messages.values;
}

test("a hundred mutations called at once run in order", async (t) => {
  const shown = await talked(t, undefined, numbered(100));
  for (const [at, list] of shown.entries()) {
    assert.ok(at === 0 || list.length >= shown[at - 1].length, "a message that was shown went away");
    assert.deepEqual(list.map((message) => message.content), numbered(list.length));
  }
});

test("a hundred mutations whose frames arrive in any order run in order", async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const relay = await Relay.open(t);
  const random = generator(seed);
  let held = [];
  relay.intercept = ({ from, link, text }) => {
    if (from === "server") return true;
    held.push(text);
    if (held.length === OVERTAKEN) release(link);
    else if (held.length === 1) setTimeout(release, 40, link);
    return false;
  };
  const release = (link) => {
    for (const text of shuffled(held, random)) link.toServer(text);
    held = [];
  };
  await talked(t, relay.url, numbered(100));
  assert.equal(relay.links.length, 1);
});

/** Mulberry32. */
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(list, random) {
  const keyed = list.map((item) => [random(), item]);
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
}
