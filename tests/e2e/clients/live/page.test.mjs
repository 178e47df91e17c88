// A React page in two tabs of a browser: what one person sees of another's changes, and of their own.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { internalKey, signedIn, token, url } from "../backend.mjs";
import { openBrowser, servePage } from "./browser.mjs";
import { conversation, somebody } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

const [browser, page] = await Promise.all([openBrowser({ after }), servePage({ after }, "page.jsx")]);

/** Two tabs of one person's page; tab `a` is connected through a relay. */
async function scene(t, contents = []) {
  const subject = somebody();
  const { projectId, conversationId, saying } = await conversation(subject);
  const convex = await signedIn(subject);
  const say = (content, more) => convex.mutation("system:createMessage", { ...saying(content), ...more });
  for (const content of contents) await say(content);
  const relay = await Relay.open(t);
  const open = async (address) => {
    const tab = await browser.newPage();
    t.after(() => tab.close());
    tab.errors = [];
    tab.on("pageerror", (error) => tab.errors.push(error));
    await tab.addInitScript(record);
    const given = { url: address, token: await token(subject), projectId, conversationId, internalKey };
    await tab.goto(`${page}?${new URLSearchParams(given)}`);
    await tab.waitForSelector("#files form");
    await status(tab, "CanLoadMore", "Exhausted");
    return tab;
  };
  const [a, b] = await Promise.all([open(relay.url), open(url)]);
  return { a, b, relay, projectId, convex, say };
}

/** Runs in the page: keeps every state of its lists that the browser could paint. */
function record() {
  window.states = { files: [], messages: [] };
  new MutationObserver(() => {
    for (const [name, states] of Object.entries(window.states)) {
      const rows = [...document.querySelectorAll(`#${name} li`)].map((row) => ({ id: row.id, text: row.textContent }));
      if (JSON.stringify(rows) !== JSON.stringify(states.at(-1))) states.push(rows);
    }
  }).observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
}

// Keys rather than clicks, and no frames awaited: a tab behind another one paints seldom.
const OFTEN = { polling: 20 };

async function add(tab, list, text) {
  await tab.fill(`#${list} input`, text);
  await tab.press(`#${list} input`, "Enter");
}

const texts = (tab, list) => tab.$$eval(`#${list} li`, (rows) => rows.map((row) => row.textContent));
const shows = (tab, list, wanted) =>
  tab.waitForFunction(
    ([name, joined]) => [...document.querySelectorAll(`#${name} li`)].map((row) => row.textContent).join() === joined,
    [list, wanted.join()],
    OFTEN,
  );
const status = (tab, ...wanted) =>
  tab.waitForFunction((names) => names.includes(document.querySelector("#more")?.textContent), wanted, OFTEN);
const stored = (tab) => tab.waitForFunction(() => !document.querySelector("li[id^=optimistic]"), null, OFTEN);
const states = async (tab, list) => (await tab.evaluate(() => window.states))[list].map((rows) => rows.map((row) => row.text));

async function loadMore(tab, ...wanted) {
  await tab.press("#more", "Enter");
  await shows(tab, "messages", wanted);
}

/** From its first appearance on, `text` was in every state of a list, exactly once. */
async function assertOnceAndForGood(tab, list, text) {
  const shown = await states(tab, list);
  const first = shown.findIndex((rows) => rows.includes(text));
  assert.ok(first >= 0, `${text} was never shown`);
  for (const rows of shown.slice(first)) assert.equal(rows.filter((row) => row === text).length, 1, `${text} in ${rows}`);
}

/** Hold what a side sends, from the first frame on that is so; returns how to let it go. */
function hold(relay, from, isFirst) {
  const held = [];
  const before = relay.intercept;
  relay.intercept = (frame) => {
    if (frame.from !== from || (held.length === 0 && !isFirst(frame))) return before(frame);
    held.push(frame);
    return false;
  };
  return async () => {
    relay.intercept = before;
    for (const { link, text } of held) await (from === "client" ? link.toServer(text) : link.toClient(text));
  };
}

/** Hold the answer to the next mutation, or what follows it. */
function holdAnswer(relay, type) {
  const answered = () => relay.sent("server", "MutationResponse").length;
  const before = answered();
  const release = hold(relay, "server", ({ message }) => answered() > before && message.type === type);
  return { release, isAnswered: () => until(() => answered() > before, "the mutation's response") };
}

const LISTS = ["files", "messages"];

test("tab B shows what tab A changes, and A what B changes", async (t) => {
  const { a, b } = await scene(t);
  for (const list of LISTS) {
    await add(a, list, "from-a");
    await shows(b, list, ["from-a"]);
    await add(b, list, "from-b");
    await shows(a, list, list === "files" ? ["from-a", "from-b"] : ["from-b", "from-a"]);
  }
  await Promise.all([stored(a), stored(b)]);
  for (const tab of [a, b]) for (const list of LISTS) for (const text of ["from-a", "from-b"]) await assertOnceAndForGood(tab, list, text);
  assert.deepEqual([...a.errors, ...b.errors], []);
});

test("an optimistic row appears at once, never twice, and stays", async (t) => {
  const { a, b, relay } = await scene(t);
  for (const list of LISTS) {
    const transition = holdAnswer(relay, "Transition");
    const release = hold(relay, "client", ({ message }) => message.type === "Mutation");
    await add(a, list, "mine");
    await shows(a, list, ["mine"]); // and the backend has not even been told
    assert.deepEqual(await texts(b, list), []);
    await release();
    await shows(b, list, ["mine"]);
    await transition.isAnswered();
    assert.deepEqual(await texts(a, list), ["mine"]); // the response is here, and the transition is not
    await transition.release();
    await stored(a);
    assert.deepEqual(await texts(a, list), ["mine"]);
    for (const tab of [a, b]) await assertOnceAndForGood(tab, list, "mine");
  }
  assert.deepEqual(a.errors, []);
});

test("a row that is shown twice is noticed", async (t) => {
  const { a, relay } = await scene(t);
  const held = [];
  // A transition that overtakes its response: what the backend must never send.
  relay.intercept = ({ from, message, text }) => !(from === "server" && message.type === "MutationResponse" && held.push(text));
  await add(a, "messages", "mine");
  await shows(a, "messages", ["mine", "mine"]);
  for (const text of held) relay.link.toClient(text);
  await assert.rejects(assertOnceAndForGood(a, "messages", "mine"), /mine in mine,mine/);
});

test("an optimistic row goes away when its mutation fails", async (t) => {
  const { a, b, relay, convex, projectId, say } = await scene(t);
  await convex.mutation("files:createFile", { projectId, name: "taken", content: "" });
  await say("taken", { role: "assistant", status: "processing" });
  await a.press("#assistant", " ");
  for (const [list, text, optimistic] of [["files", "taken", ["taken", "taken"]], ["messages", "refused", ["refused", "taken"]]]) {
    for (const tab of [a, b]) await shows(tab, list, ["taken"]);
    const response = holdAnswer(relay, "MutationResponse");
    await add(a, list, text);
    await shows(a, list, optimistic);
    await response.isAnswered();
    await response.release();
    await shows(a, list, ["taken"]);
    assert.equal(await a.textContent(`#${list} output`), "CONFLICT");
    assert.deepEqual((await states(a, list)).slice(-3), [["taken"], optimistic, ["taken"]]);
    assert.deepEqual((await states(b, list)).flat(), ["taken"]);
  }
  assert.deepEqual(a.errors, []);
});

test("pages are loaded one after the other, and stay whole while others write", async (t) => {
  const { a, b } = await scene(t, ["1", "2", "3", "4", "5", "6", "7"]);
  await shows(a, "messages", ["7", "6", "5"]);
  await loadMore(a, "7", "6", "5", "4", "3", "2");
  await add(b, "messages", "8");
  await shows(a, "messages", ["8", "7", "6", "5", "4", "3", "2"]);
  await loadMore(a, "8", "7", "6", "5", "4", "3", "2", "1");
  await status(a, "Exhausted");
  for (const text of ["1", "2", "3", "4", "5", "6", "7", "8"]) await assertOnceAndForGood(a, "messages", text);
  assert.deepEqual(a.errors, []);
});

test("a page that grows to more than twice its size is split, and nobody sees it", async (t) => {
  const { a, relay, say } = await scene(t, ["1", "2", "3", "4", "5"]);
  await loadMore(a, "5", "4", "3", "2", "1");
  const wanted = ["5", "4", "3", "2", "1"];
  for (const text of ["6", "7", "8", "9"]) {
    await say(text);
    wanted.unshift(text);
  }
  await shows(a, "messages", wanted);
  const halves = () => changes(relay, "Add").filter((add) => add.args[0].paginationOpts?.endCursor);
  await until(() => changes(relay, "Remove").length > 0 && halves().length === 2, "the page is split");
  for (const text of ["10", "11"]) {
    await add(a, "messages", text);
    wanted.unshift(text);
    await shows(a, "messages", wanted);
  }
  await stored(a);
  for (const text of wanted) await assertOnceAndForGood(a, "messages", text);
  assert.deepEqual(a.errors, []);
});

const changes = (relay, type) =>
  relay.sent("client", "ModifyQuerySet").flatMap((message) => message.modifications).filter((change) => change.type === type);

test("a list whose cursors are valid no longer begins again with its first page", async (t) => {
  const { a, relay } = await scene(t, ["1", "2", "3", "4", "5"]);
  await loadMore(a, "5", "4", "3", "2", "1");
  relay.intercept = ({ from, link, message }) => {
    if (from !== "client" || message.type !== "ModifyQuerySet") return true;
    const modifications = message.modifications.map((change) => (change.journal ? { ...change, journal: "of-another-key" } : change));
    link.toServer(JSON.stringify({ ...message, modifications }));
    return false;
  };
  relay.link.cut();
  await shows(a, "messages", ["5", "4", "3"]);
  relay.intercept = () => true;
  await status(a, "CanLoadMore");
  await loadMore(a, "5", "4", "3", "2", "1");
  assert.deepEqual(a.errors, []);
});

test("a tab whose connection is cut shows what happened meanwhile", async (t) => {
  const { a, relay, projectId, convex, say } = await scene(t, ["1", "2", "3", "4", "5"]);
  await loadMore(a, "5", "4", "3", "2", "1");
  relay.link.cut();
  await convex.mutation("files:createFile", { projectId, name: "meanwhile", content: "" });
  await say("6");
  await shows(a, "files", ["meanwhile"]);
  await shows(a, "messages", ["6", "5", "4", "3", "2", "1"]);
  for (const text of ["1", "2", "3", "4", "5", "6"]) await assertOnceAndForGood(a, "messages", text);
  assert.deepEqual(a.errors, []);
});
