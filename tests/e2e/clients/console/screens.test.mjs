// Screenshots of every view, light and dark, on a laptop and a phone; and that none of them breaks.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { consoleIn, shoot, SIZES } from "./page.mjs";

const open = await consoleIn({ after });
const TOO_WIDE = "the page is wider than the screen";

/** What is opened, and what is there once it is drawn. */
const VIEWS = {
  data: ["data/files", (tab) => tab.getByRole("row").nth(8)],
  document: ["data/projects", (tab) => openFirst(tab, "ownerId")],
  edit: ["data/projects", async (tab) => {
    await (await openFirst(tab, "ownerId")).waitFor();
    await tab.getByRole("button", { name: "Edit" }).click();
    return tab.getByRole("button", { name: "Save" });
  }],
  functions: ["functions/files%3AcreateFile", (tab) => tab.getByRole("button", { name: /^Run/ })],
  logs: ["logs", (tab) => tab.getByRole("row").nth(8)],
  live: ["live", (tab) => tab.getByRole("button", { name: "Redrive polaris-local-jobs-failed" })],
  jobs: ["jobs?kind=process-message", (tab) => openFirst(tab, "Input")],
  health: ["health", (tab) => tab.locator("canvas").nth(2)],
};

async function openFirst(tab, shown) {
  await tab.getByRole("row").nth(1).click();
  return tab.getByRole("complementary").getByText(shown).first();
}

for (const size of Object.keys(SIZES))
  for (const scheme of ["light", "dark"])
    test(`every view is drawn ${scheme} on a ${size}`, async () => {
      for (const [name, [fragment, drawn]] of Object.entries(VIEWS)) {
        const tab = await open(fragment, { size, scheme });
        await (await drawn(tab)).waitFor();
        await tab.waitForTimeout(300); // plots and previews draw after their frames
        await shoot(tab, `${name}-${size}-${scheme}`);
        assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name}: ${TOO_WIDE}`);
        assert.deepEqual(tab.errors, [], name);
        await tab.close();
      }
    });
