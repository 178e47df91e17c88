// Two clients of a person who has nothing to do with what goes on beside them: one writes all the time, one watches.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { live, project, somebody, watch } from "./people.mjs";
import { until } from "./until.mjs";

const EVERY_MS = 150;
// What is measured is how late a change is shown, not how many wait for each other.
const AT_ONCE = 4;
// The local cloud has eight mailboxes, in which clients wait for each other; on AWS each client has its own.
const SLOWEST_MS = 30_000;

export class Bystander {
  /** Begin to write and to watch, until `test` ends at the latest. */
  static async begin(test) {
    const bystander = new Bystander();
    await bystander.#begin(test);
    return bystander;
  }

  /** Stop, and check that every change was shown in time, over the first connections. */
  async end(test) {
    this.#over = true;
    await this.#writing;
    for (const client of this.#clients) {
      const { connectionCount, connectionRetries, isWebSocketConnected } = client.connectionState();
      assert.deepEqual([connectionCount, connectionRetries, isWebSocketConnected], [1, 0, true]);
    }
    assert.deepEqual(this.#seen.errors, []);
    const slowestMs = Math.round(Math.max(...this.#delaysMs));
    test.diagnostic(`beside it ${this.#delaysMs.length} changes were shown, each within ${slowestMs} ms`);
    assert.ok(slowestMs < SLOWEST_MS);
  }

  #over = false;
  #delaysMs = [];
  #clients = [];
  #seen;
  #writing;

  async #begin(test) {
    const subject = somebody();
    const id = await project(subject, "0");
    const [writer, reader] = (this.#clients = [live(test, { subject }), live(test, { subject })]);
    test.after(() => (this.#over = true));
    this.#seen = watch(reader, "projects:getById", { id });
    await this.#seen.until((found) => found.name === "0");
    const write = async (number) => {
      const began = performance.now();
      await writer.mutation("projects:rename", { id, name: `${number}` });
      await until(() => Number(this.#seen.latest.name) >= number, `change ${number} is shown`, SLOWEST_MS);
      this.#delaysMs.push(performance.now() - began);
    };
    await write(1);
    this.#writing = this.#go(write);
    this.#writing.catch(() => {}); // told when it ends
  }

  async #go(write) {
    const pending = new Set();
    for (let number = 2; !this.#over; number++) {
      const writing = write(number);
      pending.add(writing);
      writing.then(() => pending.delete(writing), () => {});
      await sleep(EVERY_MS);
      while (pending.size >= AT_ONCE) await Promise.race(pending);
    }
    await Promise.all(pending);
  }
}
