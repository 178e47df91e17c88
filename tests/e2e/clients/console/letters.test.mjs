// Messages that were put aside because they could not be handled: seen, and handled after all.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import WebSocket from "ws";
import { url } from "../backend.mjs";
import { until } from "../live/until.mjs";
import { consoleIn } from "./page.mjs";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const open = await consoleIn({ after });

/** Put a message aside; see tests/e2e/letters.py. */
async function putAside(...what) {
  await promisify(execFile)(process.env.POLARIS_PYTHON, ["-m", "tests.e2e.letters", ...what], { cwd: ROOT });
}

async function operate(name, body = {}) {
  const token = await (await fetch(`${url}/dev/admin-token`)).text();
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/api/admin/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, ...(await response.json()) };
}

const queueOf = async (name) => (await operate("deadLetters")).queues.find((queue) => queue.name === name);

/** A client that has said who it is, and nothing else so far. */
async function connected(session) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/1.48.0/sync`);
  after(() => socket.terminate());
  const told = [];
  socket.on("message", (text) => told.push(JSON.parse(text)));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const message = { type: "Connect", sessionId: session, connectionCount: 0, lastCloseReason: "InitialConnect", clientTs: 0 };
  socket.send(JSON.stringify(message));
  return told;
}

test("what a client sent, and nobody could handle, is seen in Live and handled when it is redriven there", async (t) => {
  const session = randomUUID();
  const told = await connected(session);
  const isAnswered = () => told.some(({ type }) => type === "Transition");
  const query = { type: "Add", queryId: 0, udfPath: "projects:get", args: [{}] };
  const frame = JSON.stringify({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications: [query] });
  const name = "polaris-local-mailbox-failed.fifo";
  const tab = await open("live");
  const row = tab.getByRole("listitem").filter({ hasText: name });
  await row.getByText(/^0/).waitFor();
  await until(() => putAside("frame", session, frame).then(() => true, () => false), "the connection is known");
  await row.getByText(/^1, oldest \d+ s/).waitFor();
  assert.ok(!isAnswered(), "nobody has handled it yet");
  await tab.getByRole("button", { name: `Redrive ${name}` }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
  await tab.getByText(`1 message of ${name} delivered again`).waitFor();
  await until(isAnswered, "the client is answered");
  await row.getByText(/^0/).waitFor();
  await tab.getByText("redrive", { exact: true }).first().waitFor();
  t.diagnostic(`the client was told ${told.map(({ type }) => type).join(", ")}`);
});

test("a function is told again of a change that it gave up", async () => {
  const queue = "polaris-local-jobs-failed";
  await putAside("change", "jobs");
  const { messages, oldestSeconds } = await queueOf(queue);
  assert.equal(messages, 1);
  assert.ok(oldestSeconds >= 0 && oldestSeconds < 60, oldestSeconds);
  assert.deepEqual(await operate("redrive", { queue }), { status: 200, moved: 1 });
  assert.equal((await queueOf(queue)).messages, 0);
});

test("a change that is gone is told of, and stays", async () => {
  const queue = "polaris-local-jobs-failed";
  await putAside("gone", "jobs");
  const { status, message } = await operate("redrive", { queue });
  assert.deepEqual([status, message], [409, "These changes are gone: streams keep them for a day"]);
});
