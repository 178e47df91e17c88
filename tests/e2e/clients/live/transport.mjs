// The transport's package, built from its source, and what stands behind it.
import { build } from "esbuild";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WebSocket } from "ws";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const built = await build({ entryPoints: [`${ROOT}client/src/index.ts`], bundle: true, format: "esm", write: false });
export const { CLOSE_LOST, CLOSE_UNANSWERED, transport } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

/** The option of clients that has them use the transport; Node 20 has no WebSocket of its own. */
export const withTransport = (options = {}) => ({ webSocketConstructor: transport({ WebSocket, ...options }) });

/** The URL of the WebSocket API's stage. */
export const stageUrl = () => stage("url");

/** How often actors have worked for a session's connection. */
export const claims = async (session) => Number(await stage("claims", session));

async function stage(...args) {
  const command = ["-m", "tests.e2e.live.stage", ...args];
  return (await promisify(execFile)(process.env.POLARIS_PYTHON, command, { cwd: ROOT })).stdout.trim();
}
