// The end: when all has been answered, each live view has to show what a fresh query tells.
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { now, tell } from "./log.mjs";

const SIDE_BY_SIDE = 4;
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 8_000;

/** Do `step` for each of `list`, a few at a time. */
export async function forEach(list, step, sideBySide = SIDE_BY_SIDE) {
  const waiting = list.entries();
  const worker = async () => {
    for (const [, one] of waiting) await step(one);
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
}

/** Wait until nothing is pending and no message is being answered, for `patienceMs` at most. */
export async function quiet(operations, rooms, patienceMs) {
  const deadline = now() + patienceMs;
  while (operations.pending > 0 && now() < deadline) await sleep(LEAST_PAUSE_MS);
  operations.abandon();
  await again(rooms, deadline, async (room) => !(await isAnswering(room)));
}

/** Compare each live view with a fresh query until they agree, for `patienceMs` at most, and tell of each. */
export async function converge(rooms, patienceMs) {
  const began = now();
  const agreed = (view, equal) => tell("view", { view: view.id, query: view.query, equal, after: now() - began });
  const differing = new Map(rooms.map((room) => [room, room.tabs.flatMap((tab) => tab.views())]));
  await again(rooms, began + patienceMs, async (room) => {
    const fresh = new Map();
    const still = [];
    for (const view of differing.get(room)) {
      const key = JSON.stringify([view.query, view.args]);
      if (!fresh.has(key)) fresh.set(key, await room.http.query(view.query, view.args));
      if (isDeepStrictEqual(view.value, fresh.get(key))) agreed(view, true);
      else still.push(view);
    }
    differing.set(room, still);
    return still.length === 0;
  });
  for (const view of [...differing.values()].flat()) agreed(view, false);
}

/** Tell what there is in the end. */
export async function tellAll(rooms, patienceMs) {
  await again(rooms, now() + patienceMs, async (room) => {
    tell("state", await room.state());
    return true;
  });
}

/** Ask of each room whether it is done, and again of those that are not, ever more rarely: asking is work, too. */
async function again(rooms, deadline, isDone) {
  let waiting = rooms;
  for (let pauseMs = LEAST_PAUSE_MS; ; pauseMs = Math.min(MOST_PAUSE_MS, 2 * pauseMs)) {
    const still = [];
    await forEach(waiting, async (room) => void ((await isDone(room).catch(() => false)) || still.push(room)));
    waiting = still;
    if (waiting.length === 0 || now() > deadline) return;
    await sleep(pauseMs);
  }
}

async function isAnswering(room) {
  const messages = await room.http.query("conversations:getMessages", { conversationId: room.conversationId });
  return messages.some((message) => message.status === "processing");
}
