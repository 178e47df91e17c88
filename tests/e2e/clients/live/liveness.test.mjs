// Conformance 7: nothing happens for longer than a client waits for a sign of life, and it keeps its connection.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { signedIn, token } from "../backend.mjs";
import { live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { Speaker } from "./speaker.mjs";
import { until } from "./until.mjs";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

suite("silence", { concurrency: true }, () => {
  test("the npm client keeps its connection over 65 seconds of silence", async (t) => {
    const subject = somebody();
    const id = await project(subject, "Before");
    const relay = await Relay.open(t);
    const client = live(t, { subject, address: relay.url });
    const one = watch(client, "projects:getById", { id });
    await one.until((found) => found.name === "Before");
    await sleep(65_000);
    await (await signedIn(subject)).mutation("projects:rename", { id, name: "After" });
    await one.until((found) => found.name === "After");
    assert.equal(client.connectionState().connectionCount, 1);
    assert.equal(relay.links.length, 1);
    assert.ok(relay.sent("server", "Ping").length >= 1);
  });

  test("the PyPI client keeps its connection over 35 seconds of silence", async (t) => {
    const subject = somebody();
    const id = await project(subject, "Before");
    const relay = await Relay.open(t);
    const arguments_ = ["-m", "tests.e2e.live.watcher", relay.url, await token(subject), "projects:getById", JSON.stringify({ id })];
    const python = spawn(process.env.POLARIS_PYTHON, arguments_, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => python.kill());
    let printed = "";
    python.stdout.on("data", (data) => (printed += data));
    await until(() => printed.includes("Before"), "Python shows the project");
    await sleep(35_000);
    await (await signedIn(subject)).mutation("projects:rename", { id, name: "After" });
    await until(() => printed.includes("After"), () => `Python shows the change, not only ${printed}`);
    assert.equal(relay.links.length, 1, JSON.stringify(relay.sent("client", "Connect")));
    assert.ok(relay.sent("server", "Ping").length >= 1);
    python.kill();
    await once(python, "exit");
  });

  test("a socket that never speaks is let be, and hears pings", async (t) => {
    const speaker = await Speaker.open(t);
    await sleep(65_000);
    assert.equal(speaker.code, undefined);
    assert.deepEqual([...new Set(speaker.heard.map(({ type }) => type))], ["Ping"]);
  });
});
