// What happens in the cloud behind the backend's back.
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Close the connection of a client's session, as API Gateway does when its two hours are over. */
export async function disconnect(session) {
  await promisify(execFile)(process.env.POLARIS_PYTHON, ["-m", "tests.e2e.live.disconnect", session], { cwd: ROOT });
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
