// Clients with the transport: messages of any size, cuts within them, exact order, keep-alives; and clients without it.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { signedIn, token } from "../backend.mjs";
import { appServer, conversation, live, somebody, watch } from "./people.mjs";
import { Relay } from "./relay.mjs";
import { claims, CLOSE_LOST, CLOSE_UNANSWERED, stageUrl, withTransport } from "./transport.mjs";
import { isPending, until } from "./until.mjs";

const KB = 1024;
const FRAME_BYTES = 24 * KB;
const PATIENCE_MS = 120_000;

/** A content of so many bytes, with characters of one to four of them and such as JSON escapes. */
function contentOf(bytes, salt = "") {
  const line = `const π = "😀";\t// ${salt}\\ é漢\n`;
  const lines = line.repeat(Math.floor(bytes / Buffer.byteLength(line)));
  return lines + "x".repeat(bytes - Buffer.byteLength(lines));
}

/** A person's client, which watches a conversation and the list of files, and a file of theirs. */
async function scene(t, options = withTransport(), address) {
  const subject = somebody();
  const { projectId, conversationId, saying } = await conversation(subject);
  const http = await signedIn(subject);
  const id = await http.mutation("files:createFile", { projectId, name: "notes", content: "" });
  const relay = await Relay.open(t);
  const client = live(t, { subject, address: address ?? relay.url, ...options });
  const messages = watch(client, "conversations:getMessages", { conversationId });
  const files = watch(client, "files:getFiles", { projectId });
  await messages.until((list) => list.length === 0);
  await files.until((list) => list.length === 1);
  return {
    client,
    http,
    id,
    relay,
    messages,
    files,
    save: (content, more) => client.mutation("files:updateFile", { id, content, ...more }),
    stored: () => http.query("files:getFile", { id }),
    say: (content) => client.mutation("system:createMessage", saying(content)),
    sayElsewhere: (content) => appServer().mutation("system:createMessage", saying(content)),
  };
}

const sentBytes = (relay) => relay.frames.filter(({ from }) => from === "client").map(({ bytes }) => bytes);
const parts = (relay) => relay.sent("client", "Part");

/** Do something at the first frame of a client from now on for which `isIt` holds. */
function at(relay, isIt, act) {
  let done = false;
  relay.intercept = (frame) => {
    if (done || frame.from !== "client" || !isIt(frame.message)) return true;
    done = true;
    return act(frame);
  };
}

suite("with the transport", { concurrency: 2 }, () => {
  for (const size of [40, 200, 900]) {
    test(`a file of ${size} KB is saved, and the socket stays up with all that is watched`, async (t) => {
      const { client, relay, save, stored, say, sayElsewhere, messages, files } = await scene(t);
      const content = contentOf(size * KB);
      const saved = save(content);
      await sayElsewhere("meanwhile");
      const began = performance.now();
      assert.equal(await saved, null);
      t.diagnostic(`${parts(relay).length} frames, ${Math.round(performance.now() - began)} ms`);
      assert.equal((await stored()).content, content);
      await say("afterwards");
      await messages.until((list) => list.map((message) => message.content).join() === "meanwhile,afterwards");
      assert.deepEqual([relay.links.length, client.connectionState().connectionRetries], [1, 0]);
      assert.deepEqual([messages.errors, files.errors], [[], []]);
      assert.ok(Math.max(...sentBytes(relay)) <= FRAME_BYTES);
      assert.ok(parts(relay).length > (size * KB) / FRAME_BYTES);
    });
  }

  const CUTS = {
    "before its first part": (left) => left > 3,
    "in its middle": (left) => left === 3,
    "before its last part": (left, number) => left === 0 && number > 5,
  };
  for (const [where, isIt] of Object.entries(CUTS)) {
    test(`a connection cut within a large message, ${where}: it happens exactly once`, async (t) => {
      const { client, relay, say, messages } = await scene(t);
      at(relay, ({ left, number }) => isIt(left, number), ({ link }) => {
        link.cut();
        return false;
      });
      const content = contentOf(200 * KB);
      const id = await say(content);
      await messages.until((list) => list.length > 0);
      assert.deepEqual(messages.latest.map((message) => message._id), [id]);
      assert.equal(messages.latest[0].content, content);
      assert.equal(relay.links.length, 2);
      await until(() => client.connectionState().connectionRetries === 0, "the client counts no retries");
    });
  }

  for (const size of [40, 900]) {
    test(`a connection cut after ${size} KB were saved and before that is told: it is told afterwards, and nothing happens twice`, async (t) => {
      const { relay, save, stored, messages, sayElsewhere } = await scene(t);
      const { updatedAt } = await stored();
      let cut = false;
      relay.intercept = ({ from, message, link }) => {
        if (cut || from !== "server" || message.type !== "MutationResponse") return true;
        cut = true;
        link.cut();
        return false;
      };
      const content = contentOf(size * KB);
      await save(content, { expectedUpdatedAt: updatedAt }); // which, if run again, would be a conflict
      assert.equal((await stored()).content, content);
      await sayElsewhere("still here");
      await messages.until((list) => list.length === 1);
      assert.equal(relay.links.length, 2);
    });
  }

  test("large and small messages sent at once happen in the order in which they were sent", async (t) => {
    const { relay, say, messages } = await scene(t);
    const before = parts(relay).length;
    const contents = ["1", contentOf(60 * KB, "2"), "3", contentOf(100 * KB, "4"), "5"];
    await Promise.all(contents.map(say));
    await messages.until((list) => list.length === contents.length);
    assert.deepEqual(messages.latest.map((message) => message.content), contents);
    assert.deepEqual(parts(relay).slice(before).map(({ number }) => number), parts(relay).slice(before).map((_, place) => before + place));
  });

  test("frames that overtake each other take effect in their order", async (t) => {
    const { relay, say, messages } = await scene(t);
    const held = [];
    relay.intercept = ({ from, link, text }) => {
      if (from !== "client") return true;
      held.push(text);
      if (held.length === 4) for (const late of held.splice(0).reverse()) link.toServer(late);
      return false;
    };
    const contents = [contentOf(50 * KB, "1"), contentOf(100 * KB, "2"), contentOf(20 * KB, "3"), "4", "5", "6", "7"];
    const said = [];
    for (const content of contents) {
      said.push(say(content));
      await null; // in a turn of its own, so in a text of its own
    }
    await sleep(100);
    relay.intercept = () => true;
    for (const late of held) relay.link.toServer(late);
    await Promise.all(said);
    await messages.until((list) => list.length === contents.length);
    assert.deepEqual(messages.latest.map((message) => message.content), contents);
    assert.equal(relay.links.length, 1);
  });

  test("a hundred mutations sent at once are few frames, and happen in order", async (t) => {
    const { relay, say, messages } = await scene(t);
    const before = parts(relay).length;
    const contents = Array.from({ length: 100 }, (_, n) => `message ${n}`);
    await Promise.all(contents.map(say));
    await messages.until((list) => list.length === contents.length);
    assert.deepEqual(messages.latest.map((message) => message.content), contents);
    assert.ok(parts(relay).length - before <= 20, `${parts(relay).length - before} frames`);
  });

  test("a page that watches more than a frame holds is served, also when it connects again", async (t) => {
    const relay = await Relay.open(t);
    const client = live(t, { address: relay.url, ...withTransport() });
    const ids = Array.from({ length: 400 }, (_, n) => `${n}`.padStart(160, "x"));
    const watched = ids.map((id) => watch(client, "projects:getById", { id }));
    for (const { failed } of watched) await failed();
    relay.link.cut();
    await until(() => relay.links.length === 2 && client.connectionState().connectionRetries === 0, "it is served again");
    assert.ok(Math.max(...sentBytes(relay)) <= FRAME_BYTES);
    assert.ok(sentBytes(relay).reduce((sum, bytes) => sum + bytes) > 2 * 64 * KB);
  });

  test("a document above its limit is refused by name, and the socket stays", async (t) => {
    const { relay, save, say } = await scene(t);
    await assert.rejects(save(contentOf(1200 * KB)), /1048576|1,048,576|1 MiB/);
    await say("still here");
    assert.equal(relay.links.length, 1);
  });

  test("a message above the transport's limit is refused by name, and the socket stays", async (t) => {
    const { relay, save, say } = await scene(t);
    await assert.rejects(save(contentOf(4500 * KB)), /Arguments of files:updateFile: \d+ bytes are too many/);
    await say("still here");
    assert.equal(relay.links.length, 1);
  });

  test("it connects to the API itself, without the edge", async (t) => {
    const { relay, save, stored } = await scene(t, withTransport({ url: await stageUrl() }));
    const content = contentOf(100 * KB);
    await save(content);
    assert.equal((await stored()).content, content);
    assert.equal(relay.links.length, 0);
  });

  test("a keep-alive is answered, and no actor hears of it", async (t) => {
    const relay = await Relay.open(t);
    const client = live(t, { subject: null, address: relay.url, ...withTransport({ keepAliveMs: 200 }) });
    const mine = await token(somebody()); // one, or it would be confirmed by another in the middle of this
    client.setAuth(async () => mine);
    await watch(client, "projects:get").until((list) => list.length === 0);
    const keepAlives = () => relay.frames.filter(({ from, message }) => from === "client" && message.action === "keepAlive").length;
    const answers = () => relay.sent("server", "Ping").filter(({ answer }) => answer).length;
    const [before, sent] = [await claims(relay.link.session), keepAlives()];
    await until(() => keepAlives() >= sent + 10 && answers() >= sent + 10, "ten keep-alives and answers");
    assert.ok((await claims(relay.link.session)) - before <= 1); // the hourly audit may come by
    assert.equal(relay.links.length, 1);
    const id = await client.mutation("projects:create", { name: "Awake" });
    assert.ok(id);
  });

  test("a connection that has gone without a word is given up and replaced, and its mutations are sent again", async (t) => {
    const errors = [];
    const options = { ...withTransport({ keepAliveMs: 500, answerMs: 10_000 }), onServerDisconnectError: (error) => errors.push(error) };
    const { relay, say, messages } = await scene(t, options);
    const gone = relay.link;
    relay.intercept = ({ link }) => link !== gone;
    await say("again");
    await messages.until((list) => list.length === 1);
    assert.equal(relay.links.length, 2);
    assert.match(errors[0], new RegExp(`${CLOSE_UNANSWERED}: InactiveServer`));
  });

  test("a mutation whose frame API Gateway loses happens once", async (t) => {
    const errors = [];
    const { relay, say, messages } = await scene(t, { ...withTransport(), onServerDisconnectError: (error) => errors.push(error) });
    at(relay, ({ type }) => type === "Part", ({ link }) => {
      link.toClient('{"message": "Internal server error", "connectionId":"Abc=", "requestId":"Def="}');
      return false;
    });
    await say("again");
    await messages.until((list) => list.length === 1);
    assert.equal(relay.links.length, 2);
    assert.match(errors[0], new RegExp(`${CLOSE_LOST}: InternalServerError`));
  });

  test("clients with it and without it see each other's changes", async (t) => {
    const subject = somebody();
    const [a, b] = [live(t, { subject, ...withTransport() }), live(t, { subject })];
    const lists = [a, b].map((client) => watch(client, "projects:get"));
    await a.mutation("projects:create", { name: "by a" });
    await b.mutation("projects:create", { name: "by b" });
    for (const list of lists) await list.until((projects) => projects.map(({ name }) => name).join() === "by b,by a");
  });
});

suite("without the transport", () => {
  for (const size of [10, 31]) {
    test(`a file of ${size} KB is saved`, async (t) => {
      const { relay, save, stored } = await scene(t, {});
      const content = "x".repeat(size * KB);
      await save(content);
      assert.equal((await stored()).content, content);
      assert.equal(relay.links.length, 1);
    });
  }

  for (const size of [40, 200, 900]) {
    test(`a file of ${size} KB closes the socket with 1009 again and again; over HTTP it is saved`, async (t) => {
      const errors = [];
      const { client, http, id, relay, save, stored } = await scene(t, { logger: { log: (text) => errors.push(text), logVerbose() {}, warn() {}, error() {} } });
      const content = "x".repeat(size * KB);
      const saving = save(content);
      await until(() => relay.links.length >= 3, "the client has connected three times", PATIENCE_MS);
      assert.ok(await isPending(saving));
      assert.equal((await stored()).content, "");
      assert.ok(errors.some((text) => String(text).includes("closed with code 1009")), errors.join("\n"));
      await client.close();
      await http.mutation("files:updateFile", { id, content });
      assert.equal((await stored()).content, content);
    });
  }
});
