// Conformance 15: connections that the cloud ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { disconnect, isServed } from "./cloud.mjs";
import { conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

async function scene(t) {
  const subject = somebody();
  const talk = await conversation(subject);
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const messages = watch(client, "conversations:getMessages", { conversationId: talk.conversationId });
  const say = (content) => client.mutation("system:createMessage", talk.saying(content));
  await say("before");
  return { relay, client, messages, say };
}

const contents = (messages) => messages.latest.map((message) => message.content);

test("a client whose two hours are over comes back and misses nothing", async (t) => {
  const { relay, client, messages, say } = await scene(t);
  await until(() => isServed(relay.link.session), "its actor has kept what it told");
  await disconnect(relay.link.session);
  const during = say("during");
  await until(() => relay.links.length === 2, "the client is back");
  await during;
  await say("after");
  assert.deepEqual(contents(messages), ["before", "during", "after"]);
  assert.equal(relay.links.length, 2);
  await until(() => client.connectionState().connectionRetries === 0, "it counts no retries");
});
