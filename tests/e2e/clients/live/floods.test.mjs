// Too much of everything: the connection that it comes from is limited or ended, and nobody else notices.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { token, url } from "../backend.mjs";
import { Bystander } from "./bystander.mjs";
import { faults, isServed } from "./cloud.mjs";
import { somebody } from "./people.mjs";
import { add, connect, mutate, signIn, Speaker, subscribe } from "./speaker.mjs";
import { until } from "./until.mjs";

const LIVE_QUERIES = 500;
const FLOOD_MS = 5_000;

const times = (count, make) => Array.from({ length: count }, (_, n) => make(n));

/** Run with a bystander, who may not notice. */
function beside(name, run) {
  test(name, async (t) => {
    const bystander = await Bystander.begin(t);
    await run(t);
    await bystander.end(t);
    assert.deepEqual(faults(), []);
  });
}

/** The query set grows by messages of this many queries, each below the limit of a frame. */
function* subscriptions(count, each) {
  for (let base = 0; base * each < count; base++) {
    yield subscribe(times(Math.min(each, count - base * each), (n) => add(base * each + n)), base);
  }
}

beside("of 600 live queries 500 are served and the others fail", async (t) => {
  const speaker = await Speaker.open(t);
  speaker.say(connect(), signIn(await token(somebody())), ...subscriptions(600, 200));
  const told = () => speaker.heard.flatMap(({ modifications }) => modifications ?? []);
  await until(() => told().length === 600, "all are answered", 120_000);
  assert.equal(told().filter(({ errorMessage }) => /live queries/.test(errorMessage)).length, 600 - LIVE_QUERIES);
  assert.equal(speaker.code, undefined);
});

beside("10,000 live queries end the connection", async (t) => {
  const speaker = (await Speaker.open(t)).say(connect(), ...subscriptions(10_000, 250));
  await speaker.ended(60_000);
});

// The local cloud takes frames so slowly that these are not too many in any ten seconds, as they are on AWS.
for (const [what, message] of Object.entries({
  requests: (n) => mutate(n),
  "messages of telemetry": (n) => ({ type: "Event", eventType: "Flood", event: n }),
})) {
  beside(`2,000 ${what} are taken one after the other`, async (t) => {
    const speaker = (await Speaker.open(t)).say(connect(), subscribe(), ...times(2_000, message));
    await Promise.race([speaker.ended(), sleep(FLOOD_MS)]);
    speaker.hangUp();
  });
}

beside("requests without end that wait for one that never comes end the connection", async (t) => {
  const opening = connect();
  const speaker = (await Speaker.open(t)).say(opening, subscribe());
  await speaker.hears("Transition");
  // The local cloud closes a socket only once it has passed on what came before.
  for (let first = 1; await isServed(opening.sessionId); first += 250) {
    assert.notEqual(speaker.code, 1006);
    speaker.say(...times(250, (n) => mutate(first + n)));
  }
});

beside("100 sockets that never speak are let be", async (t) => {
  const speakers = await Promise.all(times(100, () => Speaker.open(t)));
  await sleep(1_000);
  assert.deepEqual(speakers.filter(({ code }) => code), []);
});

beside("40 clients that vanish as soon as they have subscribed leave nothing behind", async (t) => {
  for (const speaker of await Promise.all(times(40, () => Speaker.open(t)))) {
    speaker.say(connect(), subscribe([add(0)])).hangUp();
  }
});

beside("sockets that are only half open, at any point, are nobody's concern", async (t) => {
  const { hostname, port } = new URL(url);
  const handshake = `GET /api/1.48.0/sync HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
  const halfAFrame = Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 0x7a]);
  for (const said of [["GET /api/1.48"], [handshake], [handshake, halfAFrame], [handshake, halfAFrame.subarray(0, 3)]]) {
    for (let n = 0; n < 10; n++) {
      const socket = connectTcp(Number(port), hostname).on("error", () => {});
      t.after(() => socket.destroy());
      await once(socket, "connect");
      for (const part of said) {
        socket.write(part);
        await sleep(10);
      }
      if (n % 2) socket.resetAndDestroy();
    }
  }
});
