// Conformance 10: signing in, staying so, being refused, and signing out.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { errorOf, url } from "../backend.mjs";
import { live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

// What a clock may be off by, and tokens are therefore taken after they expire.
const TOLERANCE_S = 5;

let issued = 0;

/** A token unlike all others, as tokens of one second would be equal. */
async function token(subject, expiresIn = 3600) {
  const query = new URLSearchParams({ subject, name: `${++issued}`, expiresIn });
  return (await fetch(`${url}/dev/token?${query}`)).text();
}

async function scene(t) {
  const subject = somebody();
  await project(subject, "Mine");
  const relay = await Relay.open(t);
  const client = live(t, { subject: null, address: relay.url });
  const states = [];
  const asked = [];
  const signIn = (fetchToken) =>
    client.setAuth(
      ({ forceRefreshToken }) => fetchToken(asked.push(forceRefreshToken)),
      (isAuthenticated) => states.push(isAuthenticated),
    );
  return { subject, relay, client, states, asked, signIn };
}

suite("authentication", { concurrency: true }, () => {
  test("somebody who signs in is confirmed, and sees what is theirs", async (t) => {
    const { subject, relay, client, states, signIn } = await scene(t);
    const projects = watch(client, "projects:get");
    signIn(() => token(subject));
    assert.deepEqual(states, []);
    await until(() => states.length > 0, "the client is told");
    assert.equal(states[0], true);
    await projects.until((list) => list[0].name === "Mine");
    assert.ok(relay.sent("server", "Transition").some(({ startVersion, endVersion }) => endVersion.identity > startVersion.identity));
  });

  test("a token is fetched anew once the first is confirmed, and confirmed again", async (t) => {
    const { subject, relay, asked, signIn } = await scene(t);
    signIn(() => token(subject));
    const confirmed = () => relay.sent("server", "Transition").some(({ endVersion }) => endVersion.identity === 2);
    await until(confirmed, "both are confirmed");
    assert.deepEqual(asked, [false, true]);
    assert.deepEqual(relay.sent("client", "Authenticate").map((sent) => sent.baseVersion), [0, 1]);
  });

  test("a token near its end is replaced in time, without an error", async (t) => {
    const { subject, relay, client, asked, states, signIn } = await scene(t);
    signIn((count) => token(subject, count < 3 ? 13 : 3600)); // the client asks 10 s before the end
    await until(() => asked.length >= 3, "the token is refreshed");
    assert.equal((await client.query("projects:get", {}))[0].name, "Mine");
    assert.deepEqual(relay.sent("server", "AuthError"), []);
    assert.ok(!states.includes(false));
  });

  test("somebody whose token has expired is asked for another, and nothing is lost", async (t) => {
    const { subject, relay, client, asked, states, signIn } = await scene(t);
    const lifetimeS = 8;
    const expiring = await token(subject, lifetimeS);
    let isRenewed = false;
    signIn(() => (isRenewed ? token(subject) : expiring));
    const projects = watch(client, "projects:get");
    await projects.until((list) => list.length === 1);
    await until(() => asked.length === 2, "the client finds that there is no newer token, and no longer asks by itself");
    isRenewed = true;
    await sleep((lifetimeS + TOLERANCE_S + 1) * 1000);
    await client.mutation("projects:create", { name: "Later" });
    await projects.until((list) => list.length === 2);
    assert.deepEqual(relay.sent("server", "AuthError").map((error) => error.authUpdateAttempted), [false]);
    assert.ok(!states.includes(false));
  });

  test("somebody who comes with an expired token is asked for another", async (t) => {
    const { subject, relay, client, states, signIn } = await scene(t);
    signIn((count) => token(subject, count === 1 ? -60 : 3600));
    const projects = watch(client, "projects:get");
    await projects.until((list) => list.length === 1);
    const [refusal, ...more] = relay.sent("server", "AuthError");
    assert.deepEqual([refusal.baseVersion, refusal.authUpdateAttempted, more.length], [0, true, 0]);
    assert.deepEqual(states, [true]);
    assert.deepEqual(projects.errors, []);
  });

  for (const [kind, bad] of Object.entries({
    expired: (subject) => token(subject, -60),
    senseless: (_, count) => `no.token.${count}`,
  })) {
    test(`somebody whose tokens are always ${kind} is told so, and goes on as nobody`, async (t) => {
      const { subject, relay, client, states, asked, signIn } = await scene(t);
      signIn((count) => bad(subject, count));
      await until(() => states.length > 0, "the client is told", 120_000);
      assert.deepEqual(states, [false]);
      assert.deepEqual(asked, [false, true, true, true]);
      assert.equal(relay.sent("server", "AuthError").length, 4);
      assert.equal((await errorOf(client.query("projects:get", {}))).data.code, "UNAUTHENTICATED");
    });
  }

  test("somebody who signs out sees nothing of theirs any more", async (t) => {
    const { subject, relay, client, states, signIn } = await scene(t);
    signIn(() => token(subject));
    const projects = watch(client, "projects:get");
    await projects.until((list) => list.length === 1);
    await until(() => relay.sent("server", "Transition").some(({ endVersion }) => endVersion.identity === 2), "both tokens are confirmed");
    client.client.clearAuth();
    assert.equal((await projects.failed()).data.code, "UNAUTHENTICATED");
    const [shown, sent] = [projects.values.length, relay.frames.length];
    await project(subject, "Unseen");
    assert.equal((await errorOf(client.mutation("projects:create", { name: "Nobody's" }))).data.code, "UNAUTHENTICATED");
    assert.equal(projects.values.length, shown);
    assert.ok(!JSON.stringify(relay.frames.slice(sent).map(({ message }) => message)).includes("Unseen"));
    assert.ok(!states.includes(false) || states.at(-1) === false);
  });

  test("who signs in after another sees nothing of the other's", async (t) => {
    const { subject, relay, client, signIn } = await scene(t);
    const other = somebody();
    await project(other, "Theirs");
    signIn(() => token(subject));
    const projects = watch(client, "projects:get");
    await projects.until((list) => list[0].name === "Mine");
    signIn(() => token(other));
    await projects.until((list) => list[0].name === "Theirs");
    const since = relay.frames.length;
    await project(subject, "Unseen");
    await client.mutation("projects:create", { name: "Theirs too" });
    await projects.until((list) => list.length === 2);
    assert.ok(!JSON.stringify(relay.frames.slice(since).map(({ message }) => message)).includes("Unseen"));
  });
});
