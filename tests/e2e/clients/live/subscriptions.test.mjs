// Conformance 3: what is subscribed together changes together, and what is unsubscribed is silent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signedIn } from "../backend.mjs";
import { live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

async function scene(t) {
  const subject = somebody();
  const id = await project(subject, "Before");
  const server = await signedIn(subject);
  const relay = await Relay.open(t);
  // Begun last: what is subscribed before its socket is open goes into one message.
  const client = live(t, { subject, address: relay.url });
  return { subject, id, relay, client, server };
}

const updates = (transition) => transition.modifications.filter((change) => change.type === "QueryUpdated");

test("two subscriptions made at once arrive in one transition", async (t) => {
  const { id, relay, client } = await scene(t);
  const [one, all] = [watch(client, "projects:getById", { id }), watch(client, "projects:get")];
  await one.until((found) => found.name === "Before");
  assert.equal(all.latest[0]._id, id);
  assert.equal(relay.sent("server", "Transition").filter((transition) => updates(transition).length === 2).length, 1);
});

test("a change that two subscriptions see arrives in one transition", async (t) => {
  const { id, relay, client, server } = await scene(t);
  const [one, all] = [watch(client, "projects:getById", { id }), watch(client, "projects:get")];
  await one.until((found) => found.name === "Before");
  assert.equal(all.latest.length, 1);
  const earlier = relay.sent("server", "Transition").length;
  await server.mutation("projects:rename", { id, name: "After" });
  await one.until((found) => found.name === "After");
  assert.equal(all.latest[0].name, "After");
  const [changed, ...more] = relay.sent("server", "Transition").slice(earlier).filter((made) => updates(made).length);
  assert.equal(updates(changed).length, 2);
  assert.deepEqual(more, []);
});

test("every transition begins where the one before it ended", async (t) => {
  const { id, relay, client, server } = await scene(t);
  const one = watch(client, "projects:getById", { id });
  for (const name of ["a", "b", "c"]) {
    await server.mutation("projects:rename", { id, name });
    await client.mutation("projects:rename", { id, name: `${name}${name}` });
  }
  await one.until((found) => found.name === "cc");
  let end = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" };
  for (const transition of relay.sent("server", "Transition")) {
    assert.deepEqual(transition.startVersion, end);
    end = transition.endVersion;
  }
});

test("an unsubscribed query is removed and no longer sent", async (t) => {
  const { id, relay, client, server } = await scene(t);
  const one = watch(client, "projects:getById", { id });
  const all = watch(client, "projects:get");
  await all.until((list) => list.length === 1);
  one.stop();
  const changes = () => relay.sent("server", "Transition").flatMap((transition) => transition.modifications);
  const removed = () => changes().filter((change) => change.type === "QueryRemoved");
  await until(() => removed().length > 0, "the query is removed");
  await server.mutation("projects:rename", { id, name: "After" });
  await all.until((list) => list[0].name === "After");
  assert.equal(one.latest.name, "Before");
  assert.equal(removed().length, 1);
});

test("a query that is subscribed again shows what happened meanwhile", async (t) => {
  const { id, client, server } = await scene(t);
  const first = watch(client, "projects:getById", { id });
  await first.until((found) => found.name === "Before");
  first.stop();
  await server.mutation("projects:rename", { id, name: "After" });
  const again = watch(client, "projects:getById", { id });
  await again.until((found) => found.name === "After");
  await server.mutation("projects:rename", { id, name: "Later" });
  await again.until((found) => found.name === "Later");
});

test("a change that a query does not see is not sent to it", async (t) => {
  const { subject, id, relay, client, server } = await scene(t);
  const one = watch(client, "projects:getById", { id });
  await one.until((found) => found.name === "Before");
  const other = await project(subject, "Other");
  await server.mutation("projects:rename", { id: other, name: "Other too" });
  await server.mutation("projects:rename", { id, name: "After" });
  await one.until((found) => found.name === "After");
  assert.deepEqual(one.values.map((found) => found.name), ["Before", "After"]);
  assert.equal(relay.sent("server", "Transition").flatMap(updates).length, 2);
});

test("a query that fails says so, and recovers when what it read changes", async (t) => {
  const { subject, id, client } = await scene(t);
  const eve = live(t);
  const refused = watch(eve, "projects:getById", { id });
  assert.equal((await refused.failed()).data.code, "FORBIDDEN");
  const missing = watch(client, "files:getFile", { id });
  assert.match((await missing.failed()).message, /does not match the table name in validator/);
  const list = watch(client, "projects:get");
  await list.until((found) => found.length === 1);
  await project(subject, "Second");
  await list.until((found) => found.length === 2);
});

test("two people who watch one list see each change of the other", async (t) => {
  const { subject, id, client } = await scene(t);
  const other = live(t, { subject });
  const here = watch(client, "files:getFolderContents", { projectId: id });
  const there = watch(other, "files:getFolderContents", { projectId: id });
  for (const [n, writer] of [client, other, client, other].entries()) {
    await writer.mutation("files:createFile", { projectId: id, name: `${n}.txt`, content: "" });
    for (const seen of [here, there]) await seen.until((files) => files.length === n + 1);
  }
  assert.deepEqual(here.latest, there.latest);
});
