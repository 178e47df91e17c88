// Screenshots of every view, light and dark, on a laptop and a phone; and that none of them breaks.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { consoleIn, field, shoot, SIZES } from "./page.mjs";

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

/** What else there is to see: answers, refusals, nothing, and where the keyboard is. */
const STATES = {
  sorted: ["data/files?sort=name", (tab) => tab.getByText(/Sorted by name/)],
  empty: ["data/deletions", (tab) => tab.getByText("deletions is empty")],
  focus: ["data/files", async (tab) => {
    const rows = tab.getByRole("grid");
    await rows.getByRole("row").nth(8).waitFor();
    await rows.press("ArrowDown");
    return rows;
  }],
  help: ["data/files", async (tab) => {
    await tab.getByRole("row").nth(8).waitFor();
    await tab.keyboard.press("?");
    return tab.getByRole("dialog", { name: "Keyboard shortcuts" });
  }],
  refused: ["data/projects", async (tab) => {
    await (await openFirst(tab, "ownerId")).waitFor();
    await tab.keyboard.press("e");
    await field(tab, "userId").getByRole("textbox").fill("nonsense");
    await tab.keyboard.press("Control+Enter");
    return field(tab, "userId").getByText(/must be/);
  }],
  result: ["functions/projects%3Aget", async (tab) => {
    await tab.getByLabel("Subject").fill("apollo-0");
    await tab.keyboard.press("Control+Enter");
    return tab.getByText("succeeded");
  }],
  failure: ["live", async (tab) => {
    await tab.route("**/api/admin/deadLetters", (route) => route.fulfill({ status: 503, json: { message: "SQS does not answer; try again" } }));
    await tab.reload();
    return tab.getByText("SQS does not answer");
  }],
  signin: ["data", async (tab) => {
    await tab.getByRole("grid").waitFor(); // else the token may still be on its way
    await tab.route("**/dev/admin-token", (route) => route.fulfill({ status: 404 }));
    await tab.evaluate(() => sessionStorage.clear());
    await tab.reload();
    return tab.getByLabel("Administrator's token");
  }],
};

async function openFirst(tab, shown) {
  await tab.getByRole("row").nth(1).click();
  return tab.getByRole("complementary").getByText(shown).first();
}

async function drawAll(views, size, scheme) {
  for (const [name, [fragment, drawn]] of Object.entries(views)) {
    const tab = await open(fragment, { size, scheme });
    await (await drawn(tab)).waitFor();
    await tab.waitForTimeout(300); // plots and previews draw after their frames
    await shoot(tab, `${name}-${size}-${scheme}`);
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name}: ${TOO_WIDE}`);
    assert.deepEqual(tab.errors, [], name);
    await tab.close();
  }
}

for (const size of Object.keys(SIZES))
  for (const scheme of ["light", "dark"])
    test(`every view is drawn ${scheme} on a ${size}`, () => drawAll(VIEWS, size, scheme));

test("answers, refusals and nothing are drawn on a laptop", () => drawAll(STATES, "laptop", "light"));
test("answers, refusals and nothing are drawn on a phone", () => drawAll(STATES, "phone", "dark"));
