// Conformance 14: an actor that dies at its work, whose client recovers by itself.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import { processesOf } from "./cloud.mjs";
import { conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

// Until the queue delivers again what the actor had taken, or the sweep finds that it is overdue.
const RECOVERY_MS = 90_000;
const OVER = `${process.env.POLARIS_STATE_DIR}/kills-are-over`;
const LOG = `${process.env.POLARIS_STATE_DIR}/functions.log`;

/** How many actors have died at their work so far; of one that died without any nothing is said. */
const deaths = () => readFileSync(LOG, "utf8").split("realtime-session: Worker process died").length - 1;

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

// How long after a frame the actor is killed, by tries: a kill that finds it without work shows nothing.
const MOMENTS = {
  "as it begins a mutation": {
    isNow: ({ from, message }) => from === "client" && message.type === "Mutation",
    afterMs: [15, 30, 20, 40, 10, 60, 5, 80, 120, 180, 250, 350],
  },
  "between a response and its transition": {
    isNow: ({ from, message }) => from === "server" && message.type === "MutationResponse",
    afterMs: Array(8).fill(0),
  },
  "between a transition and the note that it was sent": {
    isNow: ({ from, message }) => from === "server" && message.type === "Transition",
    afterMs: Array(8).fill(0),
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
      await recovers(t, await inTurn(() => killedAtWork(t, isNow, afterMs)));
    });
  }

  test("whoever waits for the kills to be over is told, once there are actors again", (t) =>
    inTurn(async () => {
      const clients = Array.from({ length: 24 }, () => live(t));
      await Promise.all(clients.map((client) => client.query("projects:get", {})));
      writeFileSync(OVER, "");
    }));
});

/** See a client recover whose actor was killed. */
async function recovers(t, { messages, say, during, began }) {
  const id = await during;
  await say("after");
  const tookMs = Math.round(performance.now() - began);
  t.diagnostic(`well again ${tookMs} ms after the kill`);
  assert.ok(tookMs < RECOVERY_MS);
  assert.deepEqual(messages.latest.map((message) => message.content), ["before", "during", "after"]);
  assert.equal(messages.latest[1]._id, id);
}

/** A scene whose actor was killed at its work; after this nothing is killed any more. */
async function killedAtWork(t, isNow, afterMs) {
  for (const delayMs of afterMs) {
    const before = deaths();
    const hit = await killed(t, isNow, delayMs);
    const hadWork = await until(() => deaths() > before, "an actor dies at its work", 3_000).catch(() => false);
    if (hadWork) return hit;
    t.diagnostic(`killed without work, ${delayMs} ms after the frame`);
  }
  assert.fail(`whenever the actor was killed, it had no work: ${afterMs} ms after the frame`);
}

/** A scene whose actor has been killed so long after a frame of a mutation. */
async function killed(t, isNow, afterMs) {
  const { relay, messages, say } = await scene(t);
  const actors = processesOf("realtime-session"); // before, since looking takes as long as their last steps
  assert.ok(actors.length > 0);
  const began = performance.now();
  let during;
  await new Promise((done) => {
    const kill = () => done(actors.forEach(end));
    relay.intercept = (frame) => {
      if (!isNow(frame)) return true;
      relay.intercept = () => true;
      if (afterMs) setTimeout(kill, afterMs);
      else kill();
      return true;
    };
    during = say("during");
  });
  return { messages, say, during, began };
}

function end(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended meanwhile
  }
}
