// Conformance 5 and 8: a connection that is cut at the worst moments, and a client that is well again afterwards.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { appServer, conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

async function scene(t) {
  const subject = somebody();
  const talk = await conversation(subject);
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
  await messages.until((list) => list.length === 0);
  const sayBy = (speaker) => (content) => speaker.mutation("system:createMessage", talk.saying(content));
  return { relay, client, messages, say: sayBy(client), sayElsewhere: sayBy(appServer()) };
}

/** Do something to the link of the first frame that is so. */
function once(relay, from, type, act) {
  let done = false;
  relay.intercept = (frame) => {
    if (done || frame.from !== from || frame.message.type !== type) return true;
    done = true;
    return act(frame.link, frame);
  };
}

/** Moments, and what of the answers to a mutation the relay has seen then: two equal ones tell of one commit. */
const MOMENTS = {
  "before a mutation is executed": [
    (relay) =>
      once(relay, "client", "Mutation", (link) => {
        link.cut();
        return false;
      }),
    1,
  ],
  "after a commit, before its response": [
    (relay) =>
      once(relay, "server", "MutationResponse", (link) => {
        link.cut();
        return false;
      }),
    2,
  ],
  "after a response, before its transition": [
    (relay) =>
      once(relay, "server", "MutationResponse", (link, { text }) => {
        link.toClient(text);
        link.close();
        return false;
      }),
    2,
  ],
};

suite("cuts", { concurrency: true }, () => {
  for (const [moment, [arrange, answers]] of Object.entries(MOMENTS)) {
    test(`a connection cut ${moment} leaves one effect and one result`, async (t) => {
      const { relay, client, messages, say } = await scene(t);
      arrange(relay);
      const id = await say("once");
      await messages.until((list) => list.length > 0);
      assert.deepEqual(messages.latest.map((message) => [message._id, message.content]), [[id, "once"]]);
      assert.equal(relay.links.length, 2);
      const sent = relay.sent("client", "Mutation");
      assert.equal(sent.length, 2);
      assert.deepEqual(sent[0], sent[1]);
      await relay.until("server", "MutationResponse", answers);
      const answered = relay.sent("server", "MutationResponse");
      assert.equal(answered.length, answers);
      assert.deepEqual(answered[0], answered.at(-1));
      await until(() => client.connectionState().connectionRetries === 0, "the client counts no retries");
      const second = await say("twice");
      assert.deepEqual(messages.latest.map((message) => message._id), [id, second]);
    });
  }

  for (let afterMs = 0; afterMs < 100; afterMs += 10) {
    test(`a connection cut ${afterMs} ms after a mutation was sent leaves one effect and one result`, async (t) => {
      const { relay, messages, say } = await scene(t);
      once(relay, "client", "Mutation", (link) => setTimeout(() => link.cut(), afterMs) && true);
      const id = await say("once");
      const second = await say("twice");
      assert.deepEqual(messages.latest.map((message) => message._id), [id, second]);
    });
  }

  test("a client that reconnects counts no retries and shows what happened meanwhile", async (t) => {
    const { relay, client, messages, sayElsewhere } = await scene(t);
    for (const round of [1, 2, 3]) {
      relay.link.cut();
      await until(() => !client.connectionState().isWebSocketConnected, "the cut is noticed");
      await sayElsewhere(`meanwhile ${round}`);
      await messages.until((list) => list.length === round);
      await until(() => client.connectionState().connectionRetries === 0, "it counts no retries");
      assert.equal(client.connectionState().connectionCount, round + 1);
    }
    assert.deepEqual(messages.latest.map((message) => message.content), ["meanwhile 1", "meanwhile 2", "meanwhile 3"]);
    assert.ok(!messages.values.includes(undefined));
  });

  test("the first transition after a reconnect has every query, also those that are as they were", async (t) => {
    const { relay, client, say } = await scene(t);
    const projects = watch(client, "projects:get");
    await projects.until((list) => list.length === 1);
    await say("one");
    const earlier = relay.frames.length;
    relay.link.cut();
    const again = () => relay.frames.slice(earlier).find(({ message }) => message.type === "Transition");
    const { message } = await until(again, "the first transition");
    const queries = message.modifications.filter((change) => change.type === "QueryUpdated").map((change) => change.queryId);
    assert.equal(queries.length, 2);
  });

  test("of mutations during a storm of cuts each has one effect, in order", async (t) => {
    const { relay, messages, say } = await scene(t);
    const cuts = [2, 9, 17, 30];
    let frames = 0;
    relay.intercept = ({ link }) => {
      frames += 1;
      if (!cuts.includes(frames)) return true;
      link.cut();
      return false;
    };
    const contents = Array.from({ length: 12 }, (_, n) => `message ${n}`);
    const ids = await Promise.all(contents.map(say));
    assert.deepEqual(messages.latest.map((message) => message.content), contents);
    assert.deepEqual(messages.latest.map((message) => message._id), ids);
  });
});
