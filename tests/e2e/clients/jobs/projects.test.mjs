// Projects that are made, imported, exported and deleted in the background.
import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, signedIn } from "../backend.mjs";
import { live, somebody, watch } from "../live/people.mjs";
import { call } from "./jobs.mjs";

const LONG_MS = 180_000;
const TOKEN = { headers: { "X-GitHub-Token": "gho_of_a_test" } };

function watched(t, subject, projectId) {
  const client = live(t, { subject });
  const project = watch(client, "projects:getById", { id: projectId });
  const events = watch(client, "projects:getGenerationEvents", { projectId });
  return { project, events };
}

test("a project is generated stage by stage, and its log is live", async (t) => {
  const subject = somebody();
  const { projectId } = await call(subject, "POST", "/api/projects/generate", { description: "A page that says hello" });
  const { events } = watched(t, subject, projectId);
  await events.until((all) => all.some((event) => event.message === "Generation completed"), LONG_MS);
  const said = events.latest.map((event) => event.message);
  assert.ok(said.includes("Starting generate-config-files") && said.includes("Completed verify-project"), said.join("\n"));
  const files = await (await signedIn(subject)).query("files:getFiles", { projectId });
  assert.ok(files.some((file) => file.name === "main.py"));
});

test("a repository is imported as it is, and exported to another one", async (t) => {
  const subject = somebody();
  const url = "https://github.com/octocat/sample";
  const { projectId } = await call(subject, "POST", "/api/github/import", { url }, TOKEN);
  const { project, events } = watched(t, subject, projectId);
  await project.until((found) => found.importStatus === "completed", LONG_MS);
  await events.until((all) => all.some((event) => /^Imported 6\d\d files/.test(event.message)));
  const exported = { projectId, repoName: `copy-${subject}`, visibility: "private" };
  await call(subject, "POST", "/api/github/export", exported, TOKEN);
  await project.until((found) => found.exportStatus === "completed", LONG_MS);
  assert.match(project.latest.exportRepoUrl, new RegExp(`/octocat/copy-${subject}$`));
  await call(subject, "POST", "/api/github/export/reset", { projectId });
  await project.until((found) => found.exportStatus === undefined && found.exportRepoUrl === undefined);
});

test("an import of a repository that is not there says so", async (t) => {
  const subject = somebody();
  const { projectId } = await call(subject, "POST", "/api/github/import", { url: "https://github.com/octocat/none" }, TOKEN);
  const { project, events } = watched(t, subject, projectId);
  await project.until((found) => found.importStatus === "failed");
  await events.until((all) => all.some((event) => event.type === "error" && event.message.startsWith("Import failed: ")));
});

test("a deleted project is gone at once, and in the end entirely", async (t) => {
  const subject = somebody();
  const convex = await signedIn(subject);
  const projectId = await convex.mutation("projects:create", { name: "Gone" });
  for (const name of ["a", "b", "c"]) await convex.mutation("files:createFile", { projectId, name, content: name });
  await call(subject, "DELETE", `/api/projects/delete?projectId=${projectId}`);
  assert.ok(await errorOf(convex.query("projects:getById", { id: projectId })));
  assert.deepEqual(await convex.query("projects:get", {}), []);
});
