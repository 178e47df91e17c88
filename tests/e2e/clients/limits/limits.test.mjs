// What the released clients make of a caller that does too much. The backend allows 20 mutations in 10 s, and 3 sockets.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ConvexClient } from "convex/browser";
import { ConvexError } from "convex/values";
import { errorOf, signedIn, token, url } from "../backend.mjs";

const LIMIT = 20;
const rename = (id, n) => ["projects:rename", { id, name: `Name ${n}` }];

/** Somebody who has used up their mutations, and what became of each. */
async function busy(subject = `person-${randomUUID()}`) {
  const client = await signedIn(subject);
  const id = await client.mutation("projects:create", { name: "Apollo" });
  const burst = Array.from({ length: 5 * LIMIT }, (_, n) => client.mutation(...rename(id, n), { skipQueue: true }));
  const results = await Promise.allSettled(burst);
  const refused = results.filter(({ status }) => status === "rejected").map(({ reason }) => reason);
  return { subject, client, id, refused: refused.filter((error) => error.data?.code === "RATE_LIMITED") };
}

test("a burst of 100 mutations is limited, a bystander is not, and after the wait it works again", async () => {
  const bystander = await signedIn();
  const [{ client, id, refused }, other] = await Promise.all([busy(), bystander.mutation("projects:create", { name: "Gemini" })]);
  assert.ok(refused.length > 0, "nobody was refused");
  assert.ok(other);
  assert.ok(refused[0] instanceof ConvexError);
  assert.match(refused[0].data.message, /^Too many mutations: at most 20 are allowed within 10 s\. Try again in \d+ s\.$/);
  await sleep(Math.max(...refused.map(({ data }) => data.retryAfterMs)));
  assert.equal(await client.mutation(...rename(id, "at last")), null);
  assert.equal((await client.query("projects:getById", { id })).name, "Name at last");
});

test("a function's own door answers 429 and says when to try again", async () => {
  const { subject, id } = await busy();
  const headers = { authorization: `Bearer ${await token(subject)}`, "content-type": "application/json" };
  const ask = () => fetch(`${url}/api/run/projects/rename`, { method: "POST", headers, body: JSON.stringify({ args: { id, name: "x" } }) });
  const answers = await Promise.all(Array.from({ length: 2 * LIMIT }, ask));
  const refused = answers.find(({ status }) => status === 429);
  assert.ok(refused, "nobody was refused");
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.equal((await refused.json()).errorData.code, "RATE_LIMITED");
});

test("over a socket a mutation too many is rejected by a ConvexError, and live queries go on", async (t) => {
  const subject = `person-${randomUUID()}`;
  const client = new ConvexClient(url, { logger: false });
  t.after(() => client.close());
  client.setAuth(() => token(subject));
  let shown;
  client.onUpdate("projects:get", {}, (projects) => (shown = projects));
  const id = await client.mutation("projects:create", { name: "Apollo" });
  const burst = Array.from({ length: 4 * LIMIT }, (_, n) => errorOf(client.mutation(...rename(id, n))).catch(() => null));
  const refused = (await Promise.all(burst)).filter(Boolean);
  assert.ok(refused.length > 0, "nobody was refused");
  assert.ok(refused.every((error) => error instanceof ConvexError && error.data.code === "RATE_LIMITED"));
  await sleep(Math.max(...refused.map(({ data }) => data.retryAfterMs)));
  await client.mutation(...rename(id, "at last"));
  assert.equal(shown[0].name, "Name at last");
});

test("the client of a connection too many says so and does not try again", async (t) => {
  const subject = `person-${randomUUID()}`;
  for (let n = 0; n < 3; n++) {
    const client = new ConvexClient(url, { logger: false });
    t.after(() => client.close());
    client.setAuth(() => token(subject));
    assert.deepEqual(await client.query("projects:get", {}), []);
  }
  const other = spawn(process.execPath, [new URL("one_too_many.mjs", import.meta.url).pathname, subject]);
  let said = "";
  for (const output of [other.stdout, other.stderr]) output.on("data", (text) => (said += text));
  await new Promise((resolve) => other.on("close", resolve));
  assert.match(said, /You have more than 3 connections; close others and try again\./);
  assert.match(said, /opened 1 sockets/);
});
