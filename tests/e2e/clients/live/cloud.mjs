// What happens in the cloud behind the backend's back.
import { execFile } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Close the connection of a client's session, as API Gateway does when its two hours are over. */
export async function disconnect(session) {
  await connections("close", session);
}

/** Whether there is an actor for a client's session. */
export async function isServed(session) {
  return (await connections("count", session)) !== "0";
}

async function connections(verb, session) {
  const options = ["-m", "tests.e2e.live.connections", verb, session];
  return (await promisify(execFile)(process.env.POLARIS_PYTHON, options, { cwd: ROOT })).stdout.trim();
}

/** The processes that run a function of the local cloud at this moment. */
export function processesOf(name) {
  const folder = `${process.env.POLARIS_STATE_DIR}/tmp/ministack-lambda-polaris-local-${name}-`;
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(folder)).map(Number);
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

const LOG = `${process.env.POLARIS_STATE_DIR}/functions.log`;
const beganAt = statSync(LOG, { throwIfNoEntry: false })?.size ?? 0;

/** What the backend has logged as errors of its own since this process began. */
export function faults() {
  const lines = readFileSync(LOG).subarray(beganAt).toString().split("\n");
  const failed = lines.filter((line) => line.includes('"outcome":"INTERNAL"')).map((line) => JSON.parse(line));
  return failed.map((call) => `${call.function}: ${call.stack}`);
}
