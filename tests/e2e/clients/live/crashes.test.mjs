// Conformance 14: an actor that dies at its work, whose client recovers by itself.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import { processesOf } from "./cloud.mjs";
import { conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";

// Until the queue delivers again what the actor had taken, or the sweep finds that it is overdue.
const RECOVERY_MS = 90_000;
// An actor that dies before it has claimed its connection leaves nothing to repair: its work is delivered again.
const UNDISTURBED_MS = 20_000;
const OVER = `${process.env.POLARIS_STATE_DIR}/kills-are-over`;

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

// How long after a frame the actor is killed; where only the client's frame is seen, when it begins is searched for.
const MOMENTS = {
  "as it begins a mutation": {
    isNow: ({ from, message }) => from === "client" && message.type === "Mutation",
    afterMs: [15, 30, 20, 40, 10, 60, 5, 80],
  },
  "between a response and its transition": {
    isNow: ({ from, message }) => from === "server" && message.type === "MutationResponse",
    afterMs: [0],
  },
  "between a transition and the note that it was sent": {
    isNow: ({ from, message }) => from === "server" && message.type === "Transition",
    afterMs: [0],
  },
};

// Kills hit all actors, so each test has the cloud to itself until it has killed; recovery takes most of the time.
let turn = Promise.resolve();

function inTurn(act) {
  const acted = turn.then(act);
  turn = acted.catch(() => {});
  return acted;
}

suite("crashes", { concurrency: true }, () => {
  for (const [moment, { isNow, afterMs }] of Object.entries(MOMENTS)) {
    const skip = existsSync("/proc/self") ? false : "reads the list of processes from /proc";
    test(`a client whose actor dies ${moment} recovers by itself`, { skip }, async (t) => {
      for (const delayMs of afterMs) if (await recovers(t, isNow, delayMs)) return;
      assert.fail(`whenever the actor was killed, it had no work: ${afterMs} ms after the frame`);
    });
  }

  test("whoever waits for the kills to be over is told, once there are actors again", (t) =>
    inTurn(async () => {
      const clients = Array.from({ length: 24 }, () => live(t));
      await Promise.all(clients.map((client) => client.query("projects:get", {})));
      writeFileSync(OVER, "");
    }));
});

/** Kill the actor of a client, see it recover, and tell whether the actor had any work. */
async function recovers(t, isNow, afterMs) {
  const { relay, messages, say, during, began } = await inTurn(() => killed(t, isNow, afterMs));
  const id = await during;
  await say("after");
  const tookMs = Math.round(performance.now() - began);
  assert.ok(tookMs < RECOVERY_MS);
  assert.deepEqual(messages.latest.map((message) => message.content), ["before", "during", "after"]);
  assert.equal(messages.latest[1]._id, id);
  const hadWork = relay.links.length > 1 || tookMs > UNDISTURBED_MS;
  t.diagnostic(`killed after ${afterMs} ms ${hadWork ? "at its work" : "without work"}: well again after ${tookMs} ms`);
  return hadWork;
}

/** A scene whose actor has been killed so long after a frame of a mutation. */
async function killed(t, isNow, afterMs) {
  const { relay, messages, say } = await scene(t);
  const began = performance.now();
  let during;
  await new Promise((seen) => {
    relay.intercept = (frame) => {
      if (isNow(frame)) setTimeout(seen, afterMs);
      return true;
    };
    during = say("during");
  });
  const actors = processesOf("realtime-session");
  assert.ok(actors.length > 0);
  for (const pid of actors) process.kill(pid, "SIGKILL");
  return { relay, messages, say, during, began };
}
