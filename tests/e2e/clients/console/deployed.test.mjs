// The console as a deployment serves it: below /_console, from the bucket, behind the function of CloudFront.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { anonymous, internalKey, url } from "../backend.mjs";
import { openEdge } from "./edge.mjs";
import { consoleIn, grid, seeded } from "./page.mjs";

const edge = await openEdge({ after });
const open = await consoleIn({ after }, `${edge}/_console`);
const { projects } = seeded();
const adminToken = async () => (await fetch(`${url}/dev/admin-token`)).text();

async function signIn(tab) {
  await tab.getByLabel("Administrator's token").fill(await adminToken());
  await tab.getByRole("button", { name: "Sign in" }).click();
}

test("the address without a slash at its end leads to the page, and its files load", async () => {
  const tab = await open("", { at: `${edge}/_console` });
  const failed = [];
  tab.on("response", (response) => response.status() >= 400 && failed.push(response.url()));
  await tab.reload();
  await tab.getByLabel("Administrator's token").waitFor();
  assert.equal(new URL(tab.url()).pathname, "/_console/");
  assert.deepEqual(failed.filter((address) => !address.endsWith("/dev/admin-token")), []);
});

test("a token that is pasted signs in; a deep link and a reload keep their place", async () => {
  const tab = await open(`data/projects?id=${projects[20].projectId}`);
  await signIn(tab);
  const panel = tab.getByRole("complementary", { name: /^Document/ });
  await panel.getByText(projects[20].name).waitFor();
  await tab.reload();
  await panel.getByText(projects[20].name).waitFor();
  await tab.goto(`${edge}/_console/#/jobs`);
  await grid(tab, "Jobs, newest first").waitFor();
  assert.deepEqual(tab.errors, []);
});

test("a token of the address signs in, and does not stay in it", async () => {
  const tab = await open("", { at: `${edge}/_console/#token=${encodeURIComponent(await adminToken())}` });
  await grid(tab, /^Rows of/).waitFor();
  assert.ok(!tab.url().includes("polaris-admin"), tab.url());
});

test("what others change appears there too", async () => {
  const { projectId } = projects[15];
  const tab = await open(`data/files?index=by_project&order=desc&projectId=${projectId}`);
  await signIn(tab);
  await grid(tab, "Rows of files").getByRole("row").nth(1).waitFor();
  await anonymous().mutation("system:createFile", { internalKey, projectId, name: "behind-the-edge.txt", content: "" });
  await grid(tab, "Rows of files").getByText("behind-the-edge.txt").waitFor();
});
