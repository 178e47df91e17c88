// What no released client says: it is refused as the protocol has it or ends the connection, and nobody else notices.
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { WebSocket } from "ws";
import { token, url } from "../backend.mjs";
import { Bystander } from "./bystander.mjs";
import { faults } from "./cloud.mjs";
import { conversation, somebody } from "./people.mjs";
import { add, connect, mutate, signIn, Speaker, subscribe } from "./speaker.mjs";

const ts = (ns) => Buffer.from(new BigUint64Array([ns]).buffer).toString("base64");
const nowNs = () => BigInt(Date.now()) * 1_000_000n;
const nested = (depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const withArguments = (args) => `{"type":"Mutation","requestId":0,"udfPath":"projects:rename","args":[${args}]}`;
const opening = [connect(), subscribe()];

const ENDING = {
  "text that is no JSON": ["hello"],
  "nothing at all": [""],
  "half a message": ['{"type":"Connect","sessionId":"'],
  "an array": ["[]"],
  "a string": ['"Connect"'],
  "a number": ["1"],
  "null": ["null"],
  "an object without a type": ["{}"],
  "a type that there is not": [{ type: "Subscribe" }],
  "a type that is no text": [{ type: ["Connect"] }],
  "a server's message": [{ type: "Ping" }],
  "bytes that are no text": [Buffer.from([0xff, 0xfe, 0x00])],
  "brackets without end": ["[".repeat(30_000)],
  "a number of five thousand digits": [`{"type":"Event","event":${"9".repeat(5000)}}`],
  "a message ten thousand levels deep": [`{"type":"Event","event":${nested(10_000)}}`],
  "a Connect without a session": [connect({ sessionId: undefined })],
  "a session that is no text": [connect({ sessionId: 7 })],
  "a session that is half a character": [connect({ sessionId: "\ud800" }), subscribe(), mutate(0)],
  "a negative count of connections": [connect({ connectionCount: -1 })],
  "a count of connections that is no number": ['{"type":"Connect","sessionId":"s","connectionCount":NaN}'],
  "a timestamp that is none": [connect({ maxObservedTimestamp: "now" })],
  "a timestamp of an hour ahead": [connect({ maxObservedTimestamp: ts(nowNs() + 3_600_000_000_000n) })],
  "the last timestamp that there is": [connect({ maxObservedTimestamp: ts(2n ** 64n - 1n) })],
  "queries without a Connect": [subscribe([add(0)])],
  "a query set from a version that it has not": [connect(), subscribe([], 7)],
  "a query set that goes back": [connect(), { ...subscribe(), baseVersion: 5, newVersion: 4 }],
  "a query set that is no list": [connect(), { ...subscribe(), modifications: {} }],
  "a modification that is none": [connect(), subscribe([null])],
  "a query that is there already": [connect(), subscribe([add(0), add(0)])],
  "a query without a number": [connect(), subscribe([add("0")])],
  "a component": [connect(), subscribe([add(0, "projects:get", {}, { componentPath: "other" })])],
  "the removal of a query that is not there": [connect(), subscribe([{ type: "Remove", queryId: 3 }])],
  "an identity from a version that it has not": [...opening, signIn("token", 7)],
  "a token of an unknown kind": [...opening, { ...signIn("token"), tokenType: "Root" }],
  "a request before those before it": [...opening, mutate(5)],
  "a request that was answered before": [...opening, mutate(0), mutate(1), mutate(0)],
  "a request whose number is too large": [...opening, mutate(2 ** 53)],
  "a request whose number is negative": [...opening, mutate(-1)],
  "a request whose number is a fraction": [...opening, mutate(0.5)],
  "arguments that are not a number": [...opening, withArguments('{"id":NaN}')],
  "arguments that are infinite": [...opening, withArguments('{"id":-Infinity}')],
  "arguments with half a character": [...opening, withArguments('{"id":"\\ud800"}')],
  "arguments with a field that is half a character": [...opening, withArguments('{"\\udfff":1}')],
  "a request of a function that is no text": [...opening, mutate(0, 7)],
};

const ends = [];
let bystander;
before(async () => {
  bystander = await Bystander.begin({ after: (end) => ends.push(end) });
});
after(() => ends.map((end) => end()));

suite("what no client says", { concurrency: 8 }, () => {
  for (const [what, messages] of Object.entries(ENDING)) {
    test(`${what}: the connection is closed`, async (t) => {
      const speaker = (await Speaker.open(t)).say(...messages);
      assert.notEqual(await speaker.ended(), 1006);
      assert.ok(!speaker.heard.some(({ type }) => type === "FatalError"));
    });
  }

  for (const kind of ["Admin", "User"]) {
    test(`a ${kind} token that is forged: an AuthError, and the connection is closed`, async (t) => {
      const speaker = (await Speaker.open(t)).say(connect(), { ...signIn("forged"), tokenType: kind }, subscribe([add(0)]));
      const { baseVersion, authUpdateAttempted } = await speaker.hears("AuthError");
      assert.deepEqual([baseVersion, authUpdateAttempted], [0, true]);
      await speaker.ended();
      const kinds = speaker.heard.map(({ type }) => type);
      assert.deepEqual(kinds.filter((type) => type !== "Ping"), ["AuthError"]); // a sweep may come by at any time
    });
  }

  const ARGUMENTS = {
    "characters that are none": '{"id":"\\ufffe\\uffff\\u0000"}',
    "an unknown kind of value": '{"id":{"$float":"AAAAAAAA8D8="}}',
    "a number that is no base64": '{"id":{"$integer":"x"}}',
    "a hundred levels": `{"id":${nested(100)}}`,
    "nine hundred levels": `{"id":${nested(900)}}`,
    "a text": '"id"',
    "a thousand digits": `{"id":${"9".repeat(1000)}}`,
    "a number beyond all floats": '{"id":1e999}',
  };
  for (const [what, args] of Object.entries(ARGUMENTS)) {
    test(`arguments that are ${what}: the query and the mutation fail`, async (t) => {
      const query = `{"type":"Add","queryId":0,"udfPath":"projects:getById","args":[${args}]}`;
      const speaker = await Speaker.open(t);
      speaker.say(connect(), `{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[${query}]}`, withArguments(args));
      assert.equal((await speaker.hears("MutationResponse")).success, false);
      const { modifications } = await speaker.hears("Transition");
      assert.deepEqual(modifications.map(({ type, queryId }) => [type, queryId]), [["QueryFailed", 0]]);
      assert.equal(speaker.code, undefined);
    });
  }

  test("forged journals and cursors: the query fails with InvalidCursor, as clients know it", async (t) => {
    const subject = somebody();
    const { conversationId } = await conversation(subject);
    const list = (queryId, opts, journal) =>
      add(queryId, "conversations:getMessagesPaginated", { conversationId, paginationOpts: { numItems: 5, cursor: null, ...opts } }, { journal });
    const forged = ["", "forged", "A".repeat(5000), "\u0000", "e30="];
    const queries = forged.flatMap((text, n) => [list(3 * n, { cursor: text }), list(3 * n + 1, { endCursor: text }), list(3 * n + 2, {}, text)]);
    const speaker = (await Speaker.open(t)).say(connect(), signIn(await token(subject)), subscribe(queries));
    const { modifications } = await speaker.hears("Transition");
    assert.equal(modifications.length, queries.length);
    for (const { type, errorData, errorMessage } of modifications) {
      assert.deepEqual([type, errorData], ["QueryFailed", { isConvexSystemError: true, paginationError: "InvalidCursor" }]);
      assert.match(errorMessage, /InvalidCursor/);
    }
  });

  test("somebody else's session: nothing of its results is told", async (t) => {
    const [subject, sessionId] = [somebody(), crypto.randomUUID()];
    const signedIn = async (who) => (await Speaker.open(t)).say(connect({ sessionId }), signIn(await token(who)), subscribe());
    const owner = (await signedIn(subject)).say(mutate(0));
    const { result } = await owner.hears("MutationResponse");
    const thief = (await signedIn(somebody())).say(mutate(0));
    const answer = await thief.hears("MutationResponse");
    assert.equal(answer.success, false);
    assert.ok(!JSON.stringify(answer).includes(result));
  });

  test("odd characters in a session's name: it works, and the mutation happens once", async (t) => {
    const subject = somebody();
    const sessionId = `a/b\u0000\ufffe#😀${crypto.randomUUID()}`;
    const answers = [];
    for (const connectionCount of [0, 1]) {
      const speaker = await Speaker.open(t);
      speaker.say(connect({ sessionId, connectionCount }), signIn(await token(subject)), subscribe([add(0)]), mutate(0));
      const { result, ts: at } = await speaker.hears("MutationResponse");
      answers.push({ result, at });
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test("a frame of more than 32 KB: the connection is closed with 1009", async (t) => {
    const speaker = (await Speaker.open(t)).say(connect(), "x".repeat(32 * 1024 + 1));
    assert.equal(await speaker.ended(), 1009);
  });

  test("a message of more than 128 KB in small frames: the connection is closed with 1009", async (t) => {
    const speaker = (await Speaker.open(t)).say(connect());
    for (let part = 0; part < 9; part++) speaker.socket.send("x".repeat(15 * 1024), { fin: part === 8 });
    assert.equal(await speaker.ended(), 1009);
  });

  for (const path of ["/api/1.48.0/sync/more", "/api/1.48.0", "/api/sync/1.48.0", "/sync"]) {
    test(`a handshake at ${path}: it is refused`, async () => {
      const refused = await new Promise((resolve, reject) => {
        const socket = new WebSocket(url.replace("http", "ws") + path);
        socket.on("error", (error) => resolve(error.message));
        socket.on("open", () => reject(new Error("it was let in")) ?? socket.terminate());
      });
      assert.match(refused, /Unexpected server response: 4\d\d/);
    });
  }

  test("a version that there is not yet: it is served", async (t) => {
    const speaker = (await Speaker.open(t, "/api/99.0.0-alpha.1/sync")).say(...opening);
    assert.equal((await speaker.hears("Transition")).endVersion.querySet, 1);
  });

  test("bytes that are a message: it is taken or the connection is closed", async (t) => {
    const speaker = (await Speaker.open(t)).say(...opening.map((message) => Buffer.from(JSON.stringify(message))));
    await Promise.any([speaker.hears("Transition"), speaker.ended()]);
  });
});

test("who was connected meanwhile has noticed nothing", async (t) => {
  await bystander.end(t);
});

test("none of it was an error of the backend", async () => {
  assert.deepEqual(faults(), []);
});
