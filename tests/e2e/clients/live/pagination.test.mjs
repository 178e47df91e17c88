// Conformance 11: pages that stay live, neither overlap nor leave gaps, and keep their ends; with the released clients.
import { insertAtTop } from "convex/react";
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { signedIn } from "../backend.mjs";
import { History } from "./history.mjs";
import { conversation, live, project, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { until } from "./until.mjs";

const EVENTS = "projects:getGenerationEventsPaginated";
const MESSAGES = "conversations:getMessagesPaginated";

const history = new History();
after(() => history.end());

/** Subscribe to a paginated query, and keep everything that was shown. */
function watchPages(client, query, args, initialNumItems) {
  const shown = [];
  const errors = [];
  const options = { initialNumItems };
  client.onPaginatedUpdate_experimental(query, args, options, (result) => shown.push(result), (error) => errors.push(error));
  const latest = () => shown.at(-1) ?? { results: [], status: "LoadingFirstPage" };
  return {
    shown,
    errors,
    latest,
    texts: () => latest().results.map(text),
    until: (holds) => until(() => holds(latest()), () => `${holds} of ${inspect(shown.at(-1) ?? errors.at(-1))}`),
    async loadMore(count) {
      const before = latest().results.length;
      latest().loadMore(count);
      await this.until(({ results, status }) => !status.startsWith("Loading") && results.length > before);
    },
  };
}

const text = (row) => row.content ?? row.message;

/** Every list that was shown is the beginning of a list that there was: without gaps, and nothing twice. */
function assertWhole(pages, ...truths) {
  for (const { results, status } of pages.shown) {
    const texts = results.map(text);
    const isBeginning = (truth) => texts.every((one, place) => one === truth[place]) && texts.length <= truth.length;
    assert.ok(truths.some(isBeginning), `${status} ${inspect(texts)} is no beginning of ${inspect(truths)}`);
  }
}

/** A project with steps at the times 1 to `count`, and a client that watches them through a relay. */
async function generation(t, count, initialNumItems) {
  const subject = somebody();
  const projectId = await project(subject);
  const times = Array.from({ length: count }, (_, n) => n + 1);
  await history.rewrite(projectId, ...times.map((time) => ({ insert: time })));
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const pages = watchPages(client, EVENTS, { projectId }, initialNumItems);
  return { subject, projectId, relay, pages, truth: times.map(String).reverse() };
}

/** What the client has subscribed to on its latest connection. */
const adds = (relay) =>
  relay.frames
    .filter(({ from, link, message }) => from === "client" && link === relay.link && message.type === "ModifyQuerySet")
    .flatMap(({ message }) => message.modifications.filter((change) => change.type === "Add"));

const removes = (relay) =>
  relay.sent("client", "ModifyQuerySet").flatMap((message) => message.modifications.filter((change) => change.type === "Remove"));

const loadAll = async (pages, count) => {
  await pages.until(({ status }) => status === "CanLoadMore");
  while (pages.latest().status === "CanLoadMore") await pages.loadMore(count);
};

test("three pages follow each other to the end of the list", async (t) => {
  const { pages, truth } = await generation(t, 8, 3);
  await pages.until(({ status }) => status === "CanLoadMore");
  assert.deepEqual(pages.texts(), ["8", "7", "6"]);
  await pages.loadMore(3);
  assert.deepEqual(pages.texts(), ["8", "7", "6", "5", "4", "3"]);
  await pages.loadMore(3);
  assert.deepEqual([pages.texts(), pages.latest().status], [truth, "Exhausted"]);
  assertWhole(pages, truth);
});

test("what is inserted into the middle of a page and deleted from it leaves no gap and doubles nothing", async (t) => {
  const { projectId, pages, truth } = await generation(t, 8, 3);
  await loadAll(pages, 3);
  const id = (name) => pages.latest().results.find((row) => text(row) === name)._id;
  const [five, six] = [id("5"), id("6")];
  await history.rewrite(projectId, { insert: 4.5 });
  const inserted = truth.toSpliced(4, 0, "4.5");
  await pages.until(({ results }) => results.length === 9);
  assert.deepEqual(pages.texts(), inserted);
  await history.rewrite(projectId, { delete: five });
  const deleted = inserted.toSpliced(3, 1);
  await pages.until(({ results }) => results.length === 8);
  assert.deepEqual(pages.texts(), deleted);
  await history.rewrite(projectId, { delete: six }, { insert: 5.5 }, { insert: 9 }, { insert: 0 });
  const last = ["9", "8", "7", "5.5", "4.5", "4", "3", "2", "1", "0"];
  await pages.until(({ results }) => results.length === last.length);
  assert.deepEqual([pages.texts(), pages.latest().status], [last, "Exhausted"]);
  assertWhole(pages, truth, inserted, deleted, last);
});

test("pages keep their ends when the client reconnects, whatever happened meanwhile", async (t) => {
  const { projectId, relay, pages, truth } = await generation(t, 8, 3);
  await loadAll(pages, 3);
  const sent = relay.sent("server", "Transition").flatMap((transition) => transition.modifications);
  const journals = new Map(sent.filter((change) => change.type === "QueryUpdated").map((change) => [change.queryId, change.journal]));
  assert.equal(new Set(journals.values()).size, 3);
  const id = pages.latest().results.find((row) => text(row) === "7")._id;
  relay.intercept = ({ from }) => from !== "server";
  await history.rewrite(projectId, { insert: 6.5 }, { insert: 5.5 }, { delete: id });
  relay.intercept = () => true;
  relay.link.cut();
  const changed = ["8", "6.5", "6", "5.5", "5", "4", "3", "2", "1"];
  await pages.until(({ results }) => results.length === changed.length && text(results[1]) === "6.5");
  assert.deepEqual(pages.texts(), changed);
  assert.deepEqual(new Set(adds(relay).map((add) => add.journal)), new Set(journals.values()));
  assertWhole(pages, truth, changed);
});

test("a page that has grown is split in two, and nothing is lost or doubled meanwhile", async (t) => {
  const { projectId, relay, pages } = await generation(t, 6, 2);
  await pages.until(({ status }) => status === "CanLoadMore");
  await pages.loadMore(2);
  const truths = [["6", "5", "4", "3", "2", "1"]];
  await history.rewrite(projectId, { insert: 3.2 }, { insert: 3.4 }, { insert: 3.6 });
  truths.push(["6", "5", "4", "3.6", "3.4", "3.2", "3", "2", "1"]);
  await until(() => removes(relay).length > 0, "the page that was split is given up");
  assert.deepEqual(pages.texts(), truths[1].slice(0, 7));
  const halves = adds(relay).map((add) => add.args[0].paginationOpts).filter((opts) => opts.endCursor);
  assert.equal(halves.length, 2);
  assert.equal(halves[0].endCursor, halves[1].cursor);
  await history.rewrite(projectId, { insert: 3.5 }, { insert: 3.3 });
  truths.push(["6", "5", "4", "3.6", "3.5", "3.4", "3.3", "3.2", "3", "2", "1"]);
  await pages.until(({ results }) => results.length === 9);
  assert.deepEqual(pages.texts(), truths[2].slice(0, 9));
  await loadAll(pages, 5);
  assert.deepEqual(pages.texts(), truths[2]);
  assertWhole(pages, ...truths);
});

test("a page that outgrows what a result can hold is split until it fits", async (t) => {
  const subject = somebody();
  const talk = await conversation(subject);
  const convex = await signedIn(subject);
  const say = (content) => convex.mutation("system:createMessage", talk.saying(content));
  await say("first");
  const pages = watchPages(live(t, { subject }), MESSAGES, { conversationId: talk.conversationId }, 20);
  await pages.until(({ status }) => status === "Exhausted");
  const letters = ["a", "b", "c", "d", "e", "f"];
  for (const letter of letters) await say(letter.repeat(900_000));
  const wanted = ["first", ...letters].reverse();
  const names = ({ results }) => results.map((row) => (row.content.length < 9 ? row.content : row.content[0]));
  await pages.until((latest) => names(latest).join() === wanted.join());
  for (const shown of pages.shown) assert.equal(new Set(names(shown)).size, shown.results.length);
  assert.deepEqual(pages.errors, []);
});

test("a row that is inserted at the top is shown at once, once, and is replaced by the stored one", async (t) => {
  const subject = somebody();
  const talk = await conversation(subject);
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: relay.url });
  const pages = watchPages(client, MESSAGES, { conversationId: talk.conversationId }, 2);
  await pages.until(({ status }) => status === "Exhausted");
  const truths = [[]];
  for (const content of ["one", "two", "three"]) {
    const saying = talk.saying(content);
    const optimisticUpdate = (localQueryStore) => {
      const item = { _id: `optimistic-${content}`, ...saying };
      insertAtTop({ paginatedQuery: MESSAGES, argsToMatch: { conversationId: talk.conversationId }, localQueryStore, item });
    };
    const stored = client.mutation("system:createMessage", saying, { optimisticUpdate });
    truths.push([content, ...truths.at(-1)]);
    assert.deepEqual([pages.texts(), pages.latest().results[0]._id], [truths.at(-1), `optimistic-${content}`]);
    assert.equal(await stored, pages.latest().results[0]._id);
  }
  await pages.until(({ results }) => results.length === 3);
  assertWhole(pages, ...truths);
});

test("a cursor, an end and a journal that are not of this list are invalid, as the clients know it", async (t) => {
  const subject = somebody();
  const [mine, other] = [await project(subject), await project(subject)];
  for (const projectId of [mine, other]) await history.rewrite(projectId, { insert: 1 }, { insert: 2 });
  const convex = await signedIn(subject);
  const foreign = await convex.query(EVENTS, { projectId: other, paginationOpts: { numItems: 1, cursor: null } });
  const client = live(t, { subject });
  const data = { isConvexSystemError: true, paginationError: "InvalidCursor" };
  for (const cursor of ["", "forged", foreign.continueCursor]) {
    for (const opts of [{ cursor }, { cursor: null, endCursor: cursor }]) {
      const paginationOpts = { numItems: 1, id: 1, ...opts };
      const told = await watch(client, EVENTS, { projectId: mine, paginationOpts }).failed();
      assert.match(told.message, /InvalidCursor/);
      assert.deepEqual(told.data, data);
      await assert.rejects(convex.query(EVENTS, { projectId: mine, paginationOpts }), (error) => error.data.paginationError === "InvalidCursor");
    }
  }
  const relay = await Relay.open(t);
  const first = watch(live(t, { subject, address: relay.url }), EVENTS, { projectId: mine, paginationOpts: { numItems: 1, cursor: null, id: 2 } });
  await first.until((page) => page.page.length === 1);
  relay.intercept = ({ from, link, message }) => {
    if (from !== "client" || message.type !== "ModifyQuerySet") return true;
    const modifications = message.modifications.map((change) => ({ ...change, journal: foreign.continueCursor }));
    link.toServer(JSON.stringify({ ...message, modifications }));
    return false;
  };
  relay.link.cut();
  assert.deepEqual((await first.failed()).data, data);
});

test("pages are read over HTTP too, and each holds what the last one left", async () => {
  const subject = somebody();
  const convex = await signedIn(subject);
  const talk = await conversation(subject);
  for (const content of ["one", "two", "three"]) await convex.mutation("system:createMessage", talk.saying(content));
  const contents = [];
  for (let page = { continueCursor: null }; !page.isDone; contents.push(page.page.map(text))) {
    const paginationOpts = { numItems: 2, cursor: page.continueCursor };
    page = await convex.query(MESSAGES, { conversationId: talk.conversationId, paginationOpts });
  }
  assert.deepEqual(contents, [["three", "two"], ["one"]]);
});

test("a list in pages is shown to its owner alone", async (t) => {
  const talk = await conversation(somebody());
  const args = { conversationId: talk.conversationId, paginationOpts: { numItems: 2, cursor: null } };
  assert.equal((await watch(live(t), MESSAGES, args).failed()).data.code, "FORBIDDEN");
});
