// `node load/driver.mjs {options as JSON}`: live connections of people, and what they do. Lines of standard input say
// when: {"do": "open"}, {"do": "load", "perS", "seconds"}, {"do": "settle"}; each ends with a line of type "done".
import { createInterface } from "node:readline";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Chance } from "./chance.mjs";
import { now, tell } from "./log.mjs";
import { Operations } from "./operations.mjs";
import { Room } from "./room.mjs";
import { converge, forEach, quiet, tellAll } from "./settling.mjs";

const { url, number, subject, seed, connections, tabs, opensPerS, patienceMs } = JSON.parse(process.argv[2]);
const chance = new Chance(seed * 1000 + number);
const operations = new Operations(number, chance);
const rooms = [];
const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();

const verbs = {
  /** Open the connections, so many a second, whether or not those before are served already; but the first alone. */
  async open() {
    const opening = [];
    let began = now();
    for (let n = 0; n < connections; n++) {
      await until(began + (n * 1000) / opensPerS);
      if (n % tabs === 0) {
        const room = new Room(number * 10_000 + rooms.length, { url, subject });
        rooms.push(Object.assign(room, { ready: room.prepare() }));
      }
      const room = rooms.at(-1);
      opening.push(room.ready.then(() => room.openTab(chance)));
      if (n > 0) continue;
      await opening[0]; // nothing has been called yet: each function takes its time to start
      began = now();
    }
    await Promise.all(opening);
  },

  async load({ perS, seconds }) {
    const began = now();
    for (let due = began; ; ) {
      due += chance.untilNextMs(perS);
      if (due > began + seconds * 1000) break;
      await until(due);
      operations.begin(rooms, due);
    }
    await until(began + seconds * 1000);
  },

  async settle() {
    await quiet(operations, rooms, patienceMs);
    await converge(rooms, patienceMs);
    await tellAll(rooms, patienceMs);
    await forEach(rooms, (room) => room.close());
  },
};

async function until(time) {
  if (time > now()) await sleep(time - now());
}

function beat() {
  const states = rooms.flatMap((room) => room.tabs.map((tab) => tab.state()));
  tell("beat", {
    at: now(),
    open: states.filter((state) => state.isWebSocketConnected).length,
    reconnections: states.reduce((sum, state) => sum + Math.max(0, state.connectionCount - 1), 0),
    pending: operations.pending,
    lagMs: lag.max / 1e6,
  });
  lag.reset();
}

const beating = setInterval(beat, 1000);
for await (const line of createInterface(process.stdin)) {
  const { do: verb, ...options } = JSON.parse(line);
  await verbs[verb](options);
  beat();
  tell("done", { verb, at: now() });
}
clearInterval(beating);
process.exit(0);
