// The examples of the two guides that the original backend was documented by, with the released ConvexHttpClient.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { test } from "node:test";
import { ConvexError } from "convex/values";
import { anonymous, errorOf, internalKey, signedIn, token, url } from "./backend.mjs";

test("a project is created, listed, read and renamed", async () => {
  const convex = await signedIn();
  const id = await convex.mutation("projects:create", { name: "My Project" });
  assert.deepEqual((await convex.query("projects:get", {})).map((project) => project._id), [id]);
  await convex.mutation("projects:rename", { id, name: "Renamed" });
  const project = await convex.query("projects:getById", { id });
  assert.equal(project.name, "Renamed");
  assert.equal(typeof project._creationTime, "number");
  assert.equal(typeof project.updatedAt, "number");
});

test("projects are listed newest first", async () => {
  const convex = await signedIn();
  const ids = [];
  for (const name of ["one", "two", "three"]) ids.push(await convex.mutation("projects:create", { name }));
  assert.deepEqual((await convex.query("projects:get", {})).map((project) => project._id), ids.reverse());
  assert.deepEqual((await convex.query("projects:getPartial", { limit: 2 })).map((project) => project._id), ids.slice(0, 2));
});

test("a file that one component creates is in the list that another reads", async () => {
  const convex = await signedIn();
  const projectId = await convex.mutation("projects:create", { name: "Files" });
  await convex.mutation("files:create", { projectId, name: "index.js", content: "" });
  const files = await convex.query("files:list", { projectId });
  assert.deepEqual(files.map(({ name, type, content }) => ({ name, type, content })), [
    { name: "index.js", type: "file", content: "" },
  ]);
});

test("files are written and read by path with the internal key", async () => {
  const convex = await signedIn();
  const server = anonymous();
  const projectId = await convex.mutation("projects:create", { name: "Paths" });
  const written = { internalKey, projectId, path: "src/lib/main.ts", content: "export {}" };
  const fileId = await server.mutation("system:writeFileByPath", written);
  const read = await server.query("system:readFileByPath", { internalKey, projectId, path: "/src//lib/main.ts" });
  assert.deepEqual(read, { content: "export {}", name: "main.ts" });
  await server.mutation("system:writeFileByPath", { ...written, content: "export const a = 1" });
  assert.equal((await convex.query("files:getFile", { id: fileId })).content, "export const a = 1");
  const path = await convex.query("files:getFilePath", { id: fileId });
  assert.deepEqual(path.map((step) => step.name), ["src", "lib", "main.ts"]);
  const everything = await server.query("system:getAllProjectFiles", { internalKey, projectId });
  assert.deepEqual(everything.map((file) => file.path).sort(), ["src", "src/lib", "src/lib/main.ts"]);
});

test("a wrong internal key is refused", async () => {
  const convex = await signedIn();
  const projectId = await convex.mutation("projects:create", { name: "Key" });
  const call = { internalKey: "x".repeat(64), projectId, path: "a.txt" };
  const error = await errorOf(anonymous().query("system:readFileByPath", call));
  assert.match(error.message, /Invalid internal key/);
});

test("a binary file is uploaded and downloaded, in whole and in part", async () => {
  const convex = await signedIn();
  const projectId = await convex.mutation("projects:create", { name: "Binary" });
  const bytes = randomBytes(100_000);
  const uploadUrl = await convex.mutation("files:generateUploadUrl", { projectId });
  const headers = { "Content-Type": "image/png" };
  const uploaded = await fetch(uploadUrl, { method: "POST", headers, body: bytes });
  assert.equal(uploaded.status, 200, await uploaded.clone().text());
  const { storageId } = await uploaded.json();
  const id = await convex.mutation("files:uploadFile", { projectId, name: "logo.png", storageId });
  const url = await convex.query("files:getDownloadUrl", { id });
  const whole = await fetch(url);
  assert.equal(whole.headers.get("content-type"), "image/png");
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes);
  const part = await fetch(url, { headers: { Range: "bytes=10-19" } });
  assert.equal(part.status, 206);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(10, 20));
  await convex.mutation("files:deleteFile", { id });
  assert.equal((await fetch(url)).status, 404);
});

test("a text file that is not UTF-8 is stored byte for byte", async () => {
  const convex = await signedIn();
  const projectId = await convex.mutation("projects:create", { name: "Latin" });
  const uploadUrl = await convex.mutation("files:generateUploadUrl", { projectId });
  const bytes = Buffer.from("caf\u00e9\r\n\u0000", "latin1");
  const headers = { "Content-Type": "text/plain; charset=iso-8859-1" };
  const { storageId } = await (await fetch(uploadUrl, { method: "POST", headers, body: bytes })).json();
  const id = await convex.mutation("files:uploadFile", { projectId, name: "menu.txt", storageId });
  const served = await fetch(await convex.query("files:getDownloadUrl", { id }));
  assert.equal(served.headers.get("content-type"), headers["Content-Type"]);
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), bytes);
});

test("somebody else's upload cannot be attached", async () => {
  const [ada, eve] = [await signedIn(), await signedIn()];
  const projectId = await ada.mutation("projects:create", { name: "Hers" });
  const uploadUrl = await ada.mutation("files:generateUploadUrl", { projectId });
  const { storageId } = await (await fetch(uploadUrl, { method: "POST", body: "secret" })).json();
  const other = await eve.mutation("projects:create", { name: "His" });
  const error = await errorOf(eve.mutation("files:uploadFile", { projectId: other, name: "stolen", storageId }));
  assert.ok(error instanceof ConvexError);
});

test("a conversation takes messages, and the assistant's ends completed", async () => {
  const convex = await signedIn();
  const server = anonymous();
  const projectId = await convex.mutation("projects:create", { name: "Chat" });
  const conversationId = await convex.mutation("conversations:create", { projectId, title: "New Conversation" });
  const message = { internalKey, conversationId, projectId };
  await server.mutation("system:createMessage", { ...message, role: "user", content: "Hello" });
  const answer = { ...message, role: "assistant", content: "", status: "processing" };
  const messageId = await server.mutation("system:createMessage", answer);
  const processing = await server.query("system:getProcessingMessages", { internalKey, projectId });
  assert.deepEqual(processing.map((found) => found._id), [messageId]);
  await server.mutation("system:updateMessageContent", { internalKey, messageId, content: "Hi!" });
  const messages = await convex.query("conversations:getMessages", { conversationId });
  assert.deepEqual(messages.map(({ role, content, status }) => [role, content, status]), [
    ["user", "Hello", undefined],
    ["assistant", "Hi!", "completed"],
  ]);
});

test("a free user has ten projects and no more", async () => {
  const convex = await signedIn();
  for (let number = 0; number < 10; number++) await convex.mutation("projects:create", { name: `Project ${number}` });
  const error = await errorOf(convex.mutation("projects:create", { name: "One too many" }));
  assert.match(error.message, /Project limit reached/);
  assert.equal(error.data.code, "LIMIT_REACHED");
});

test("another user's project is refused, and a missing token too", async () => {
  const [ada, eve] = [await signedIn(), await signedIn()];
  const id = await ada.mutation("projects:create", { name: "Private" });
  assert.match((await errorOf(eve.query("projects:getById", { id }))).message, /Unauthorized/);
  assert.match((await errorOf(anonymous().query("projects:getById", { id }))).message, /Unauthorized/);
});

test("a bad token fails the request and says which check failed", async () => {
  const convex = anonymous();
  convex.setAuth("not.a.token");
  const error = await errorOf(convex.query("projects:get", {}));
  assert.equal(JSON.parse(error.message).code, "InvalidAuthHeader");
});

test("errors of wrong calls are Convex's", async () => {
  const convex = await signedIn();
  const missing = await errorOf(convex.query("projects:getById", {}));
  assert.match(missing.message, /ArgumentValidationError: Object is missing the required field `id`/);
  assert.ok(!(missing instanceof ConvexError));
  const unknown = await errorOf(convex.query("projects:getByIdd", {}));
  assert.match(unknown.message, /Could not find public function for 'projects:getByIdd'/);
  const kind = await errorOf(convex.mutation("projects:get", {}));
  assert.match(kind.message, /Trying to execute projects:get as Mutation, but it is defined as Query\./);
  const table = await errorOf(convex.query("files:getFile", { id: await convex.mutation("projects:create", { name: "P" }) }));
  assert.match(table.message, /from table `projects`, which does not match the table name in validator `v.id\("files"\)`/);
});

test("a consistent query sees what was acknowledged before", async () => {
  const convex = await signedIn();
  const id = await convex.mutation("projects:create", { name: "Consistent" });
  assert.equal((await convex.consistentQuery("projects:getById", { id })).name, "Consistent");
});

for (const size of [400 * 1024, 401 * 1024, 1024 * 1024]) {
  test(`a text file of ${size / 1024} KB comes back byte for byte`, async () => {
    const convex = await signedIn();
    const projectId = await convex.mutation("projects:create", { name: "Large" });
    const content = randomBytes(size / 2).toString("hex");
    const id = await convex.mutation("files:createFile", { projectId, name: "large.txt", content });
    assert.equal((await convex.query("files:getFile", { id })).content, content);
  });
}

test("a text file above 1 MiB is refused by name, and nothing is there", async () => {
  const convex = await signedIn();
  const projectId = await convex.mutation("projects:create", { name: "Too large" });
  const content = "é".repeat(512 * 1024) + "x";
  const error = await errorOf(convex.mutation("files:createFile", { projectId, name: "large.txt", content }));
  assert.match(error.message, /1048577 bytes > maximum size 1048576/);
  assert.deepEqual(await convex.query("files:getFiles", { projectId }), []);
});

test("a mutation sent twice with one Idempotency-Key is applied once", async () => {
  const key = randomUUID();
  const subject = `person-${randomUUID()}`;
  const send = async () => {
    const response = await fetch(`${url}/api/mutation`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${await token(subject)}`,
        "Idempotency-Key": key,
      },
      body: JSON.stringify({ path: "projects:create", format: "json", args: [{ name: "Once" }] }),
    });
    return (await response.json()).value;
  };
  assert.equal(await send(), await send());
  assert.equal((await (await signedIn(subject)).query("projects:get", {})).length, 1);
});
