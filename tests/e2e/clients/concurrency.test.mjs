// What many callers at once may not break.
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUUID } from "node:crypto";
import { internalKey, anonymous, signedIn } from "./backend.mjs";

const settled = (promises) => Promise.allSettled(promises);
const fulfilled = (results) => results.filter((result) => result.status === "fulfilled");
const messages = (results) => results.filter((result) => result.status === "rejected").map((result) => result.reason.message);

test("of eight creators of one name one succeeds and seven are told", async () => {
  const subject = `person-${randomUUID()}`;
  const clients = await Promise.all(Array.from({ length: 8 }, () => signedIn(subject)));
  const projectId = await clients[0].mutation("projects:create", { name: "Race" });
  const call = { projectId, name: "same.txt", content: "x" };
  const results = await settled(clients.map((client) => client.mutation("files:createFile", call)));
  assert.equal(fulfilled(results).length, 1, messages(results).join("\n"));
  for (const message of messages(results)) assert.match(message, /File already exists/);
  assert.equal((await clients[0].query("files:getFiles", { projectId })).length, 1);
});

test("of twelve projects created at once at a limit of ten exactly ten exist", async () => {
  const subject = `person-${randomUUID()}`;
  const clients = await Promise.all(Array.from({ length: 12 }, () => signedIn(subject)));
  const results = await settled(clients.map((client, n) => client.mutation("projects:create", { name: `P${n}` })));
  assert.equal(fulfilled(results).length, 10, messages(results).join("\n"));
  for (const message of messages(results)) assert.match(message, /Project limit reached/);
  assert.equal((await clients[0].query("projects:get", {})).length, 10);
});

test("a folder deleted while children are created leaves nothing behind", async () => {
  const convex = await signedIn();
  const server = anonymous();
  const projectId = await convex.mutation("projects:create", { name: "Orphans" });
  const folder = await convex.mutation("files:createFolder", { projectId, name: "folder" });
  const inside = await convex.mutation("files:createFolder", { projectId, parentId: folder, name: "inside" });
  const child = (n) => ({ internalKey, projectId, parentId: inside, name: `file${n}.txt`, content: "x" });
  const creations = Array.from({ length: 10 }, (_, n) => server.mutation("system:createFile", child(n), { skipQueue: true }));
  const deletion = convex.mutation("files:deleteFile", { id: folder });
  const results = await settled([...creations, deletion]);
  assert.equal(results.at(-1).status, "fulfilled", messages(results).join("\n"));
  assert.deepEqual(await convex.query("files:getFiles", { projectId }), []);
  const paths = await server.query("system:getAllProjectFiles", { internalKey, projectId });
  assert.deepEqual(paths, []);
});
