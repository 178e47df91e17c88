// A page built with esbuild, served on loopback, in Debian's Chromium.
import { build } from "esbuild";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Return the path of the browser, or fail saying how to get one. */
function executable() {
  for (const folder of process.env.PATH.split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        continue;
      }
    }
  }
  throw new Error("This test needs Chromium in the PATH. On Debian and Ubuntu: apt-get install chromium");
}

/** Open a browser that closes with the test; each of its pages is a tab. */
export async function openBrowser(test) {
  const profile = mkdtempSync(join(tmpdir(), "polaris-chromium-"));
  const browser = await chromium.launchPersistentContext(profile, { executablePath: executable(), headless: true, args: FLAGS });
  test.after(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  return browser;
}

/** Serve the page of the source file `name`, until the test ends; returns its URL. */
export async function servePage(test, name) {
  const source = fileURLToPath(new URL(`../page/${name}`, import.meta.url));
  const define = { "process.env.NODE_ENV": '"production"' };
  const built = await build({ entryPoints: [source], bundle: true, write: false, jsx: "automatic", define });
  const html = `<!doctype html><meta charset="utf-8"><title>Page</title><div id="root"></div><script src="/page.js"></script>`;
  const server = createServer((request, response) => {
    const script = request.url === "/page.js";
    response.setHeader("Content-Type", script ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8");
    response.end(script ? built.outputFiles[0].text : html);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
