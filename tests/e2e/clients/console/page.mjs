// The console in a browser, as `make dev` serves it.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { url } from "../backend.mjs";
import { openBrowser } from "../live/browser.mjs";

const SCREENS = fileURLToPath(new URL("../../../../.polaris/console-screens", import.meta.url));
export const SIZES = { laptop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** What `seed.mjs` made. */
export const seeded = () => JSON.parse(readFileSync(process.env.POLARIS_CONSOLE_SEED, "utf8"));

/** Open tabs of the console at `origin` that close with the test; `fragment` is what follows the `#`. */
export async function consoleIn(test, origin = url) {
  const browser = await openBrowser(test);
  return async function open(fragment, { size = "laptop", scheme = "light", at = `${origin}/#/${fragment}` } = {}) {
    const tab = await browser.newPage();
    test.after(() => tab.close());
    tab.setDefaultTimeout(20_000);
    tab.errors = [];
    tab.on("pageerror", (error) => tab.errors.push(error));
    await tab.setViewportSize(SIZES[size]);
    await tab.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await tab.addInitScript(noteRows);
    await tab.goto(at);
    return tab;
  };
}

/** Runs in the page: notes when rows are there to be painted, in ms since the navigation began. */
function noteRows() {
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll("[role=row]").length < 10) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.rowsPaintedAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
}

/** Write what a tab shows to the folder of screenshots. */
export async function shoot(tab, name) {
  mkdirSync(SCREENS, { recursive: true });
  await tab.screenshot({ path: join(SCREENS, `${name}.png`) });
}

export const grid = (tab, name) => tab.getByRole("grid", { name });
export const field = (tab, name) => tab.locator(`[data-field="${name}"]`);
