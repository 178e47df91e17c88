// The console's other views, each doing its job.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { signedIn } from "../backend.mjs";
import { until } from "../live/until.mjs";
import { consoleIn, grid } from "./page.mjs";

const open = await consoleIn({ after });
const ADA = "ada-of-the-views";

async function runAs(tab, subject) {
  await tab.getByText("A user", { exact: true }).click();
  await tab.getByLabel("Subject").fill(subject);
  await tab.keyboard.press("Control+Enter");
}

test("a function is found, filled in and run as a chosen user", async () => {
  const tab = await open("functions");
  await tab.getByLabel("Search functions").fill("projects create");
  await tab.getByRole("link", { name: /^mutation create$/ }).click();
  await tab.getByLabel(/^name/).fill("Made in the console");
  await runAs(tab, ADA);
  const result = tab.getByRole("region", { name: "Result" }).first();
  await result.getByText("succeeded").waitFor();
  await result.getByText(/read, .* write units/).waitFor();
  await result.getByText(/ ms$/).waitFor();
  const convex = await signedIn(ADA);
  assert.deepEqual((await convex.query("projects:get", {})).map(({ name }) => name), ["Made in the console"]);
});

test("what a function refuses is shown, also of arguments typed as JSON", async () => {
  const tab = await open("functions/projects%3Acreate");
  await tab.getByText("JSON", { exact: true }).click();
  await tab.getByLabel("Arguments as JSON").fill('{"name": ""}');
  await runAs(tab, ADA);
  await tab.getByText("INVALID_ARGUMENT").first().waitFor();
  await tab.getByLabel("Arguments as JSON").fill("{");
  await tab.keyboard.press("Control+Enter");
  await tab.getByText(/This is no JSON/).waitFor();
});

test("nobody is nobody, and the app needs no key", async () => {
  const tab = await open("functions/projects%3Aget");
  await tab.getByText("Nobody", { exact: true }).click();
  await tab.keyboard.press("Control+Enter");
  await tab.getByText("UNAUTHORIZED").first().waitFor();
  await tab.goto(tab.url().replace("projects%3Aget", "system%3AgetProcessingMessages"));
  await tab.getByRole("heading", { name: "system:getProcessingMessages" }).waitFor();
});

test("calls appear in the log within seconds, and the log is filtered and paused", async () => {
  const tab = await open("logs?function=projects%3Aget");
  const convex = await signedIn(ADA);
  await convex.query("projects:get", {});
  const log = grid(tab, "Log, newest first");
  await log.getByText("projects:get").first().waitFor();
  assert.equal(await log.getByText("admin:").count(), 0);
  await log.getByRole("row").nth(1).click();
  const line = tab.getByRole("complementary", { name: "Line of the log" });
  const requestId = (await line.getByRole("link").last().textContent()).trim();
  await line.getByRole("link", { name: requestId }).click();
  await tab.waitForFunction((id) => location.hash.includes(id), requestId);
  await tab.getByRole("button", { name: "Pause" }).click();
  await tab.getByRole("button", { name: "Resume" }).waitFor();
});

test("this very connection is counted, and the queues of dead letters are listed", async () => {
  const tab = await open("live");
  const connections = tab.locator("dl > div", { hasText: "Connections" }).locator("dd").first();
  await connections.waitFor();
  await tab.waitForFunction(() => Number(document.querySelector("dl dd")?.textContent) >= 1);
  await tab.getByText("polaris-local-sweeps-failed").waitFor();
  assert.ok(await tab.getByRole("button", { name: "Redrive polaris-local-sweeps-failed" }).isDisabled());
  const pushes = tab.locator("dl > div", { hasText: "Pushes per minute" }).locator("dd").first();
  await until(async () => Number(await pushes.textContent()) >= 1, "what this page was sent is counted");
});

test("jobs are listed live, filtered, and shown with what became of them", async () => {
  const tab = await open("jobs?status=running&kind=import-github-repo");
  const jobs = grid(tab, "Jobs, newest first");
  await jobs.getByText("import-github-repo").first().waitFor();
  await jobs.getByRole("row").nth(1).click();
  const job = tab.getByRole("complementary", { name: "Job" });
  await job.getByText("Project", { exact: true }).waitFor();
  await job.getByRole("button", { name: "Cancel job" }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Cancel job" }).click();
  await job.getByText("cancelled", { exact: true }).waitFor();
});

test("an execution is shown as the graph of its states, with its input", async () => {
  const tab = await open("jobs?kind=process-message");
  await grid(tab, "Jobs, newest first").getByRole("row").nth(1).click();
  const job = tab.getByRole("complementary", { name: "Job" });
  await job.getByRole("img", { name: /succeeded|failed|is running/ }).waitFor();
  await job.getByRole("tab", { name: "Input" }).click();
  await job.getByRole("region", { name: "Input" }).getByText("jobId").waitFor();
  await tab.goto(tab.url().replace(/#.*/, "#/jobs?executions=1"));
  await grid(tab, "Executions, newest first").getByText("process-message").first().waitFor();
});

test("health tells of each function, in any order", async () => {
  await (await signedIn(ADA)).query("projects:get", {});
  const tab = await open("health");
  const functions = grid(tab, "Functions");
  await functions.getByText("projects:get", { exact: true }).waitFor();
  await functions.getByRole("button", { name: "p99" }).click();
  await functions.getByRole("columnheader", { name: "p99" }).and(tab.locator('[aria-sort="descending"]')).waitFor();
  assert.ok((await tab.locator("canvas").count()) >= 3, "plots over time");
});

test("letters go from view to view, and colours are switched", async () => {
  const tab = await open("live");
  await tab.getByRole("heading", { name: "Live", exact: true }).waitFor();
  const health = tab.getByRole("heading", { name: "Health" });
  await until(async () => {
    await tab.keyboard.press("g");
    await tab.keyboard.press("h"); // counts within a second of the g
    return health.waitFor({ timeout: 3_000 }).then(() => true, () => false);
  }, "g h leads to Health");
  for (const _ of ["light", "dark"]) await tab.getByRole("button", { name: /^Colours/ }).click();
  await tab.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark");
});

test("without a token the console asks for one, and takes none that is no administrator's", async () => {
  const tab = await open("data");
  await grid(tab, /^Rows of/).waitFor(); // else the token may still be on its way
  await tab.route("**/dev/admin-token", (route) => route.fulfill({ status: 404 }));
  await tab.evaluate(() => sessionStorage.clear());
  await tab.reload();
  await tab.getByLabel("Administrator's token").fill("eyJhbGciOi");
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.getByText(/begins with polaris-admin/).waitFor();
  await tab.getByLabel("Administrator's token").fill("polaris-admin.bm9uc2Vuc2U");
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.getByText(/does not take this token/).waitFor();
});
