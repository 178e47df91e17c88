// What happens in the cloud behind the backend's back.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Close the connection of a client's session, as API Gateway does when its two hours are over. */
export async function disconnect(session) {
  await promisify(execFile)(process.env.POLARIS_PYTHON, ["-m", "tests.e2e.live.disconnect", session], { cwd: ROOT });
}
