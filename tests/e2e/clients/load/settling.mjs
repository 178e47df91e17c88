// The end: when all has been answered, each live view has to show what a fresh query tells.
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { now, tell } from "./log.mjs";

const SIDE_BY_SIDE = 6;
const PAUSE_MS = 500;

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
  while (operations.pending > 0 && now() < deadline) await sleep(PAUSE_MS);
  operations.abandon();
  await forEach(rooms, async (room) => {
    while (await isAnswering(room)) {
      if (now() > deadline) return tell("trouble", { what: "a message is still being answered", tab: `${room.number}` });
      await sleep(PAUSE_MS);
    }
  });
}

async function isAnswering(room) {
  const messages = await room.http.query("conversations:getMessages", { conversationId: room.conversationId });
  return messages.some((message) => message.status === "processing");
}

/** Compare each live view with a fresh query until they agree, for `patienceMs` at most, and tell of each. */
export async function converge(rooms, patienceMs) {
  const began = now();
  await forEach(rooms, async (room) => {
    let differing = room.tabs.flatMap((tab) => tab.views());
    const agreed = (view, equal) => tell("view", { view: view.id, query: view.query, room: room.number, equal, after: now() - began });
    for (;;) {
      const fresh = new Map();
      const still = [];
      for (const view of differing) {
        const key = JSON.stringify([view.query, view.args]);
        if (!fresh.has(key)) fresh.set(key, await room.http.query(view.query, view.args));
        if (isDeepStrictEqual(view.value, fresh.get(key))) agreed(view, true);
        else still.push(view);
      }
      differing = still;
      if (differing.length === 0) return;
      if (now() - began > patienceMs) return differing.forEach((view) => agreed(view, false));
      await sleep(PAUSE_MS);
    }
  });
}
