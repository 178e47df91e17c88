// A React page in two tabs of a browser: what one person sees of another's changes, and of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signedIn, token, url } from "../backend.mjs";
import { openBrowser, servePage } from "./browser.mjs";
import { project, somebody } from "./people.mjs";
import { Relay } from "./relay.mjs";

async function scene(t) {
  const subject = somebody();
  const projectId = await project(subject);
  const [browser, page, relay] = await Promise.all([openBrowser(t), servePage(t, "page.jsx"), Relay.open(t)]);
  const open = async (address) => {
    const tab = await browser.newPage();
    tab.errors = [];
    tab.on("pageerror", (error) => tab.errors.push(error));
    await tab.goto(`${page}?${new URLSearchParams({ url: address, token: await token(subject), projectId })}`);
    await tab.waitForSelector("form");
    return tab;
  };
  const [a, b] = [await open(relay.url), await open(url)];
  return { a, b, relay, projectId, convex: await signedIn(subject) };
}

async function create(tab, name) {
  await tab.fill("input", name);
  await tab.click("button");
}

const rows = (tab) => tab.$$eval("li", (items) => items.map((item) => item.textContent));
const shows = (tab, names) =>
  tab.waitForFunction((wanted) => [...document.querySelectorAll("li")].map((item) => item.textContent).join() === wanted, names.join());
const stored = (tab) => tab.waitForFunction(() => !document.querySelector("li[id^=optimistic]"));
const rendered = (tab) => tab.evaluate(() => window.renders);

test("tab B shows what tab A changes, and A what B changes", async (t) => {
  const { a, b } = await scene(t);
  await create(a, "from-a.txt");
  await shows(b, ["from-a.txt"]);
  await create(b, "from-b.txt");
  await shows(a, ["from-a.txt", "from-b.txt"]);
  await Promise.all([stored(a), stored(b)]);
  assert.deepEqual([...a.errors, ...b.errors], []);
});

test("an optimistic row appears at once, never twice, and stays", async (t) => {
  const { a, b, relay } = await scene(t);
  const held = [];
  relay.intercept = ({ from, message, text }) => !(from === "client" && message.type === "Mutation" && held.push(text));
  await create(a, "a.txt");
  await shows(a, ["a.txt"]); // and the backend has not even been told
  assert.deepEqual(await rows(b), []);
  relay.intercept = () => true;
  for (const text of held) relay.link.toServer(text);
  await shows(b, ["a.txt"]);
  await stored(a);
  const shown = (await rendered(a)).map((files) => files.map((file) => file.name).join());
  const first = shown.indexOf("a.txt");
  assert.ok(first > 0);
  assert.deepEqual([...new Set(shown.slice(first))], ["a.txt"]);
});

test("an optimistic row goes away when its mutation fails", async (t) => {
  const { a, b, relay } = await scene(t);
  await create(a, "same.txt");
  await shows(b, ["same.txt"]);
  await stored(a);
  const held = [];
  relay.intercept = ({ from, message, text }) => !(from === "server" && message.type === "MutationResponse" && held.push(text));
  await create(a, "same.txt");
  await shows(a, ["same.txt", "same.txt"]);
  await relay.until("server", "MutationResponse", 2);
  relay.intercept = () => true;
  for (const text of held) relay.link.toClient(text);
  await shows(a, ["same.txt"]);
  assert.equal(await a.textContent("output"), "CONFLICT");
  assert.deepEqual(await rows(b), ["same.txt"]);
});

test("a tab whose connection is cut shows what happened meanwhile", async (t) => {
  const { a, relay, projectId, convex } = await scene(t);
  relay.link.cut();
  await convex.mutation("files:createFile", { projectId, name: "meanwhile.txt", content: "" });
  await shows(a, ["meanwhile.txt"]);
  assert.deepEqual(a.errors, []);
});
