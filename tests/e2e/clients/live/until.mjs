// Waiting, and its ends.
import { setTimeout as sleep } from "node:timers/promises";

/** Wait until `holds()` is true or something true, or a promise of it, and return that; fail with `what` after `withinMs`. */
export async function until(holds, what, withinMs = 45_000) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${typeof what === "function" ? what() : what}`);
    await sleep(5);
  }
}

/** Tell whether a promise is still pending after some time. */
export async function isPending(promise, afterMs = 300) {
  const pending = Symbol("pending");
  return (await Promise.race([promise.catch(() => {}), sleep(afterMs, pending)])) === pending;
}
