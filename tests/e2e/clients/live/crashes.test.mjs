// Conformance 14: an actor that dies at its work, whose client recovers by itself.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { processesOf } from "./cloud.mjs";
import { conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";

// Until the queue delivers again what the actor had taken, or the sweep finds that it is overdue.
const RECOVERY_MS = 90_000;

async function scene(t) {
  const subject = somebody();
  const talk = await conversation(subject);
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
  const say = (content) => client.mutation("system:createMessage", talk.saying(content));
  await say("before");
  return { relay, messages, say };
}

const MOMENTS = {
  "as it begins a mutation": ({ from, message }) => from === "client" && message.type === "Mutation",
  "between a response and its transition": ({ from, message }) => from === "server" && message.type === "MutationResponse",
  "between a transition and the note that it was sent": ({ from, message }) => from === "server" && message.type === "Transition",
};

for (const [moment, isNow] of Object.entries(MOMENTS)) {
  const skip = existsSync("/proc/self") ? false : "reads the list of processes from /proc";
  test(`a client whose actor dies ${moment} recovers by itself`, { skip }, async (t) => {
    const { relay, messages, say } = await scene(t);
    const actors = processesOf("realtime-session");
    assert.ok(actors.length > 0);
    let killed = false;
    relay.intercept = (frame) => {
      if (!killed && isNow(frame)) {
        killed = true;
        setTimeout(() => actors.forEach((pid) => process.kill(pid, "SIGKILL")), frame.from === "client" ? 15 : 0);
      }
      return true;
    };
    const began = performance.now();
    const id = await say("during");
    assert.ok(killed);
    await say("after");
    t.diagnostic(`well again after ${Math.round(performance.now() - began)} ms`);
    assert.ok(performance.now() - began < RECOVERY_MS);
    assert.deepEqual(messages.latest.map((message) => message.content), ["before", "during", "after"]);
    assert.equal(messages.latest[1]._id, id);
  });
}
