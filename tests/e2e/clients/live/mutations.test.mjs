// Conformance 4: when a mutation is done, and what the screen shows until then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, signedIn } from "../backend.mjs";
import { live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { isPending } from "./until.mjs";

const LIST = "files:getFolderContents";

async function scene(t) {
  const subject = somebody();
  const projectId = await project(subject);
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const files = watch(client, LIST, { projectId });
  await files.until(() => true);
  const create = (name) =>
    client.mutation("files:createFile", { projectId, name, content: "" }, {
      optimisticUpdate: (store) => {
        const shown = store.getQuery(LIST, { projectId });
        store.setQuery(LIST, { projectId }, [...shown, { _id: "optimistic", name }]);
      },
    });
  return { subject, projectId, relay, client, files, create };
}

const names = (files) => files.map((file) => file.name);
const sinceFirst = (values, name) => values.slice(values.findIndex((files) => names(files).includes(name)));

test("a mutation is pending until a transition shows its effects", async (t) => {
  const { relay, create, files } = await scene(t);
  const held = [];
  relay.intercept = ({ from, message, text }) => !(from === "server" && message.type === "Transition" && held.push(text));
  const created = create("a.txt");
  await relay.until("server", "MutationResponse");
  assert.ok(await isPending(created));
  assert.equal(files.latest[0]._id, "optimistic");
  relay.intercept = () => true;
  for (const text of held) relay.link.toClient(text);
  const id = await created;
  await files.until((list) => list[0]._id === id);
});

test("the response of a mutation comes before the transition that covers it", async (t) => {
  const { relay, create } = await scene(t);
  const from = relay.frames.length;
  await Promise.all(["a", "b", "c"].map(create));
  const time = (message) => Buffer.from(message.ts ?? message.endVersion.ts, "base64").readBigUInt64LE();
  const sent = relay.frames.slice(from).filter((frame) => frame.from === "server").map((frame) => frame.message);
  for (const [at, response] of sent.entries()) {
    if (response.type !== "MutationResponse") continue;
    const covering = sent.findIndex((message) => message.type === "Transition" && time(message) >= time(response));
    assert.ok(covering > at, `${JSON.stringify(response)} came after its transition`);
  }
  assert.equal(sent.filter((message) => message.type === "MutationResponse").length, 3);
});

test("an optimistic row appears at once, never twice in any transition, and never goes away, while others write", async (t) => {
  const { subject, projectId, create, files } = await scene(t);
  const other = await signedIn(subject);
  const created = Promise.all(["a.txt", "b.txt", "c.txt"].map(create));
  assert.deepEqual(names(files.latest), ["a.txt", "b.txt", "c.txt"]);
  for (const name of ["d.txt", "e.txt"]) await other.mutation("files:createFile", { projectId, name, content: "" });
  const ids = await created;
  await files.until((list) => list.length === 5 && ids.every((id) => list.some((file) => file._id === id)));
  for (const name of ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]) {
    for (const shown of sinceFirst(files.values, name)) {
      assert.equal(names(shown).filter((found) => found === name).length, 1, `${name} in ${names(shown)}`);
    }
  }
});

test("a mutation that fails rejects, and its optimistic row goes away", async (t) => {
  const { create, files } = await scene(t);
  await create("a.txt");
  const failing = create("a.txt");
  assert.deepEqual(names(files.latest), ["a.txt", "a.txt"]);
  const error = await errorOf(failing);
  assert.equal(error.data.code, "CONFLICT");
  assert.match(error.message, /File already exists/);
  assert.deepEqual(names(files.latest), ["a.txt"]);
  await create("b.txt");
  assert.deepEqual(names(files.latest), ["a.txt", "b.txt"]);
});

test("a mutation that changes nothing on the screen still ends", async (t) => {
  const { client, subject, files } = await scene(t);
  const id = await client.mutation("projects:create", { name: "Elsewhere" });
  assert.equal(files.values.length, 1);
  await client.mutation("projects:rename", { id, name: "Elsewhere" });
  const lone = live(t, { subject });
  await lone.mutation("projects:rename", { id, name: "Without a subscription" });
});

test("errors of wrong calls are Convex's over the socket too", async (t) => {
  const { client, projectId } = await scene(t);
  const missing = await errorOf(client.mutation("projects:rename", { id: projectId }));
  assert.match(missing.message, /\[CONVEX M\(projects:rename\)\]/);
  assert.match(missing.message, /ArgumentValidationError: Object is missing the required field `name`/);
  assert.equal(missing.data, undefined);
  const unknown = await errorOf(client.mutation("projects:nothing", {}));
  assert.match(unknown.message, /Could not find public function for 'projects:nothing'/);
  const kind = await errorOf(client.mutation("projects:get", {}));
  assert.match(kind.message, /Trying to execute projects:get as Mutation, but it is defined as Query\./);
  assert.match((await errorOf(client.action("jobs:nothing", {}))).message, /Could not find public function for 'jobs:nothing'/);
});
