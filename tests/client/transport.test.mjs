// The transport over a WebSocket that is none: what it sends, what it passes on, and how it ends.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CLOSE_LOST, CLOSE_UNANSWERED, PolarisWebSocket, transport } from "polaris-transport";

const FRAME_BYTES = 24 * 1024;
const TEXT_BYTES = 4 * 1024 * 1024;
const URL_OF_CLIENT = "wss://polaris.example/api/1.48.0/sync";

/** What stands for the platform's WebSocket. */
class Beneath {
  static latest;
  readyState = 0;
  bufferedAmount = 0;
  protocol = "";
  extensions = "";
  sent = [];
  closed = [];

  constructor(url, protocols) {
    Object.assign(this, { url: String(url), protocols });
    Beneath.latest = this;
  }

  send(text) {
    assert.equal(this.readyState, 1);
    this.sent.push(text);
  }

  close(...why) {
    this.closed.push(why);
    this.readyState = 2;
  }

  open() {
    this.readyState = 1;
    this.onopen({});
  }

  end(code, reason = "", wasClean = true) {
    this.readyState = 3;
    this.onclose({ code, reason, wasClean });
  }
}

/** A socket of the transport, the one beneath it, and what was heard of it. */
function socket(options = {}, { opened = true } = {}) {
  const Socket = transport({ WebSocket: Beneath, ...options });
  const above = new Socket(URL_OF_CLIENT);
  const heard = [];
  for (const type of ["open", "message", "error", "close"]) above[`on${type}`] = (event) => heard.push(event);
  const beneath = Beneath.latest;
  after(() => above.close());
  if (opened) beneath.open();
  return { above, beneath, heard };
}

const sent = (beneath) => beneath.sent.map((text) => JSON.parse(text));
const bytesOf = (text) => Buffer.byteLength(text);

/** What the backend makes of frames: the texts that they carry. */
function texts(frames) {
  const found = [];
  let parts = [];
  frames.forEach((frame, place) => {
    assert.deepEqual(Object.keys(frame), ["type", "number", "left", "text"]);
    assert.deepEqual([frame.type, frame.number], ["Part", place]);
    parts.push(frame);
    if (frame.left > 0) return;
    assert.deepEqual(parts.map(({ left }) => left), parts.map((_, n) => parts.length - n - 1));
    found.push(JSON.parse(parts.map(({ text }) => text).join("")));
    parts = [];
  });
  assert.equal(parts.length, 0);
  return found;
}

test("what is sent in one turn goes out as one text, and frames are numbered from 0 on", async () => {
  const { above, beneath } = socket();
  above.send('{"type":"Connect"}');
  above.send('{"type":"ModifyQuerySet"}');
  assert.deepEqual(beneath.sent, []);
  await null;
  above.send('{"type":"Mutation"}');
  await null;
  assert.deepEqual(texts(sent(beneath)), [[{ type: "Connect" }, { type: "ModifyQuerySet" }], [{ type: "Mutation" }]]);
});

test("another socket counts anew", async () => {
  for (const { above, beneath } of [socket(), socket()]) {
    above.send("{}");
    await null;
    assert.equal(sent(beneath)[0].number, 0);
  }
});

const CONTENTS = {
  "plain text": "x".repeat(100_000),
  "quotes and backslashes": '"\\'.repeat(30_000),
  "line ends": "a\r\n\t".repeat(30_000),
  "characters of two bytes": "é".repeat(50_000),
  "characters of three bytes": "漢".repeat(40_000),
  "characters of four bytes": "😀".repeat(30_000),
  "an odd character before those of four bytes": `x${"😀".repeat(30_000)}`,
  "halves of characters": "\ud83d".repeat(20_000),
  "control characters": "\u0001\u007f\u2028\ufffe".repeat(10_000),
};
for (const [what, content] of Object.entries(CONTENTS)) {
  test(`${what}: every frame has 24 KB at most, no character is cut, and the text is whole`, async () => {
    const { above, beneath } = socket();
    const message = { type: "Mutation", args: [{ content }] };
    above.send(JSON.stringify(message));
    await null;
    assert.ok(beneath.sent.length > 2);
    for (const text of beneath.sent) {
      assert.ok(bytesOf(text) <= FRAME_BYTES, `${bytesOf(text)}`);
      const part = JSON.parse(text).text;
      assert.equal(part, Buffer.from(part).toString(), "half a character");
    }
    for (const text of beneath.sent.slice(0, -1)) assert.ok(bytesOf(text) > FRAME_BYTES - 128, `${bytesOf(text)} is wasteful`);
    assert.deepEqual(texts(sent(beneath)), [[message]]);
  });
}

test("random messages arrive as they were, in their order", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (below) => ((state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >>> 8) % below;
  const characters = ['"', "\\", "\n", "a", "é", "漢", "😀", "\u0000", "\ud800"];
  const { above, beneath } = socket();
  const wanted = [];
  for (let turn = 0; turn < 40; turn++) {
    const messages = Array.from({ length: 1 + random(4) }, () => ({
      text: Array.from({ length: random(9000) }, () => characters[random(characters.length)]).join(""),
    }));
    for (const message of messages) above.send(JSON.stringify(message));
    await null;
    wanted.push(messages);
  }
  assert.deepEqual(texts(sent(beneath)), wanted, `seed ${seed}`);
  for (const text of beneath.sent) assert.ok(bytesOf(text) <= FRAME_BYTES, `seed ${seed}`);
});

test("what is sent in one turn and too large for one text goes out as several", async () => {
  const { above, beneath } = socket();
  const large = JSON.stringify({ content: "x".repeat(1.5 * 1024 * 1024) });
  for (let n = 0; n < 5; n++) above.send(large);
  await null;
  const found = texts(sent(beneath));
  assert.deepEqual(found.map((messages) => messages.length), [2, 2, 1]);
});

test("on opening all that is sent in one turn is one text; afterwards ten messages are", async () => {
  const { above, beneath } = socket();
  for (let turn = 0; turn < 2; turn++) {
    for (let n = 0; n < 25; n++) above.send("{}");
    await null;
  }
  assert.deepEqual(texts(sent(beneath)).map((messages) => messages.length), [25, 10, 10, 5]);
});

for (const type of ["Mutation", "Action"]) {
  test(`a ${type} that no text can hold is answered, and nothing else is lost`, async () => {
    const { above, beneath, heard } = socket();
    above.send('{"type":"Event"}');
    above.send(JSON.stringify({ type, requestId: 7, udfPath: "files:updateFile", args: ["x".repeat(TEXT_BYTES)] }));
    above.send('{"type":"Event"}');
    assert.equal(heard.length, 1, "the client is told later, when it knows of its request");
    await null;
    const { result, ...told } = JSON.parse(heard[1].data);
    assert.deepEqual(told, { type: `${type}Response`, requestId: 7, success: false, logLines: [] });
    assert.match(result, /^Arguments of files:updateFile: 4\d{6} bytes are too many: .* at most 4194304$/);
    assert.deepEqual(texts(sent(beneath)), [[{ type: "Event" }, { type: "Event" }]]);
    assert.equal(above.readyState, 1);
  });
}

test("a message that is no request and that no text can hold closes the socket, saying so", async () => {
  const { above, heard, beneath } = socket();
  above.send(JSON.stringify({ type: "ModifyQuerySet", modifications: ["x".repeat(TEXT_BYTES)] }));
  await null;
  assert.deepEqual([heard[1].type, heard[1].code, heard[1].wasClean, above.readyState], ["close", 1009, false, 3]);
  assert.match(heard[1].reason, /bytes are too many/);
  assert.deepEqual(beneath.closed, [[]]);
});

test("a text may have as many bytes as the backend takes", async () => {
  const { above, beneath, heard } = socket();
  const message = JSON.stringify({ type: "Mutation", content: "x".repeat(TEXT_BYTES - 34) });
  assert.equal(bytesOf(message), TEXT_BYTES - 2);
  above.send(message);
  await null;
  assert.equal(bytesOf(sent(beneath).map(({ text }) => text).join("")), TEXT_BYTES);
  assert.equal(heard.length, 1);
});

test("codes and reasons are passed on", () => {
  const { above, beneath, heard } = socket();
  beneath.end(1001, "Going away");
  const [, { type, code, reason, wasClean }] = heard;
  assert.deepEqual({ type, code, reason, wasClean }, { type: "close", code: 1001, reason: "Going away", wasClean: true });
  assert.equal(above.readyState, 3);
});

test("a socket whose frame API Gateway could not hand on is given up, and the client is not told what it cannot read", () => {
  const { above, beneath, heard } = socket();
  beneath.onmessage({ data: '{"message": "Internal server error", "connectionId":"Abc=", "requestId":"Def="}' });
  assert.deepEqual([above.readyState, beneath.closed], [3, [[]]]);
  assert.deepEqual(heard.map(({ type, code, reason }) => [type, code, reason]), [
    ["open", undefined, undefined],
    ["close", CLOSE_LOST, "InternalServerError: a frame was lost"],
  ]);
});

test("a result that is called message is no error of API Gateway's", () => {
  const { above, beneath, heard } = socket();
  const data = '{"type":"MutationResponse","success":true,"result":{"message":"Internal server error"}}';
  beneath.onmessage({ data });
  assert.deepEqual([above.readyState, heard.at(-1).data], [1, data]);
});

test("an error is passed on, with its message where there is one", () => {
  const { beneath, heard } = socket({}, { opened: false });
  beneath.onerror({ message: "refused" });
  beneath.end(1006, "", false);
  assert.deepEqual(heard.map(({ type, message, code }) => message ?? code ?? type), ["refused", 1006]);
});

test("messages are passed on, to listeners too", () => {
  const { above, beneath, heard } = socket();
  const listened = [];
  above.addEventListener("message", ({ data }) => listened.push(data));
  beneath.onmessage({ data: '{"type":"Ping"}' });
  assert.deepEqual([heard[1].data, ...listened], ['{"type":"Ping"}', '{"type":"Ping"}']);
});

test("a handler that throws keeps nobody from listening", () => {
  const { above, beneath } = socket();
  let listened = 0;
  above.addEventListener("message", () => listened++);
  above.onmessage = () => {
    throw new Error("the client's own");
  };
  assert.throws(() => beneath.onmessage({ data: "{}" }), /the client's own/);
  assert.equal(listened, 1);
});

test("it says what a WebSocket says of itself", async () => {
  const { above, beneath, heard } = socket({}, { opened: false });
  assert.deepEqual([above.url, above.protocol, above.extensions, above.readyState], [URL_OF_CLIENT, "", "", 0]);
  assert.deepEqual([PolarisWebSocket.CONNECTING, PolarisWebSocket.OPEN, PolarisWebSocket.CLOSING, PolarisWebSocket.CLOSED], [0, 1, 2, 3]);
  assert.deepEqual([above.CONNECTING, above.OPEN, above.CLOSING, above.CLOSED], [0, 1, 2, 3]);
  assert.throws(() => above.send("{}"), { name: "InvalidStateError" });
  beneath.open();
  assert.throws(() => above.send(new Uint8Array(3)), TypeError);
  beneath.bufferedAmount = 5;
  above.send('"é"');
  assert.equal(above.bufferedAmount, 5 + 4);
  await null;
  assert.equal(above.bufferedAmount, 5);
  above.close();
  assert.equal(above.readyState, 2);
  above.send("{}");
  await null;
  assert.equal(beneath.sent.length, 1);
  assert.deepEqual(heard.map(({ type }) => type), ["open"]);
});

test("what was sent before it is closed still goes out", () => {
  const { above, beneath } = socket();
  above.send('{"type":"Event"}');
  above.close(1000, "done");
  assert.equal(beneath.sent.length, 1);
  assert.deepEqual(beneath.closed, [[1000, "done"]]);
});

test("it connects where the client wants, or to the stage of the API with the client's version", () => {
  const stage = "wss://abc.execute-api.eu-central-1.amazonaws.com/polaris-dev";
  assert.equal(socket().beneath.url, URL_OF_CLIENT);
  assert.equal(socket({ url: stage }).beneath.url, `${stage}?v=1.48.0`);
  new (transport({ url: stage, WebSocket: Beneath }))("wss://polaris.example/elsewhere");
  assert.equal(Beneath.latest.url, `${stage}?v=0`);
});

const ANSWER = '{"type":"Ping","answer":true}';
const S = 1000;

/** A socket whose clock the test moves. */
function still(t, options) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const tick = (ms) => {
    for (let left = ms; left > 0; left--) t.mock.timers.tick(1); // it fires timers late that were set meanwhile
  };
  return { ...socket(options), tick };
}

test("after 45 s of silence a keep-alive is sent, and the gateway's answer is one", (t) => {
  const { above, beneath, heard, tick } = still(t);
  tick(45 * S - 1);
  assert.deepEqual(beneath.sent, []);
  tick(1);
  assert.deepEqual(beneath.sent, ['{"action":"keepAlive"}']);
  tick(10 * S - 1);
  beneath.onmessage({ data: ANSWER });
  assert.equal(heard.at(-1).data, ANSWER, "the client takes it for a sign of life");
  tick(45 * S);
  assert.deepEqual([beneath.sent.length, above.readyState], [2, 1]);
});

test("there are no keep-alives while the backend speaks", (t) => {
  const { beneath, tick } = still(t);
  for (let n = 0; n < 10; n++) {
    tick(40 * S);
    beneath.onmessage({ data: '{"type":"Ping"}' });
  }
  assert.deepEqual(beneath.sent, []);
});

test("a socket whose keep-alive is not answered is given up before the client would, once", (t) => {
  const { above, beneath, heard, tick } = still(t);
  tick(55 * S - 1);
  assert.equal(above.readyState, 1);
  tick(1);
  assert.deepEqual([above.readyState, beneath.closed], [3, [[]]]);
  const [, { type, code, reason, wasClean }] = heard;
  assert.deepEqual([type, code, wasClean], ["close", CLOSE_UNANSWERED, false]);
  assert.equal(reason, "InactiveServer: a keep-alive was not answered");
  beneath.onmessage({ data: '{"type":"Ping"}' });
  beneath.end(1006);
  tick(200 * S);
  assert.deepEqual([heard.length, beneath.sent.length], [2, 1]);
});

test("a socket at which only the gateway answers is given up after two minutes", (t) => {
  const { above, beneath, heard, tick } = still(t);
  for (let second = 1; second < 120; second++) {
    tick(S);
    if (second % 46 === 0) beneath.onmessage({ data: ANSWER });
  }
  assert.deepEqual([above.readyState, beneath.sent.length], [1, 2]);
  tick(S);
  assert.deepEqual([heard.at(-1).code, heard.at(-1).reason], [CLOSE_UNANSWERED, "InactiveServer: only the gateway answers"]);
});

test("a socket at which the backend speaks now and then is not given up", (t) => {
  const { above, beneath, tick } = still(t);
  for (let round = 0; round < 5; round++) {
    for (const data of [ANSWER, ANSWER, ANSWER, '{"type":"Ping"}']) {
      tick(25 * S);
      beneath.onmessage({ data });
    }
  }
  assert.equal(above.readyState, 1);
});

test("times are the client's to choose", (t) => {
  const { above, beneath, tick } = still(t, { keepAliveMs: 300, answerMs: 200, aloneMs: 1000 });
  tick(300);
  assert.equal(beneath.sent.length, 1);
  beneath.onmessage({ data: ANSWER });
  tick(300 + 199);
  assert.deepEqual([above.readyState, beneath.sent.length], [1, 2]);
  tick(1);
  assert.equal(above.readyState, 3);
});

test("a socket that ends is silent", (t) => {
  const [closed, ended] = [still(t), socket()];
  closed.above.close();
  closed.beneath.onmessage({ data: '{"type":"Ping"}' });
  ended.beneath.end(1000);
  closed.tick(200 * S);
  assert.deepEqual([...closed.beneath.sent, ...ended.beneath.sent], []);
});
