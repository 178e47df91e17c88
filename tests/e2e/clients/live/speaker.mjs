// A client that says what it likes, as no released client does.
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { url } from "../backend.mjs";
import { until } from "./until.mjs";

export class Speaker {
  /** What the backend has said so far. */
  heard = [];
  /** The code with which the backend closed the connection, once it has. */
  code = undefined;

  /** Open a connection that ends with the test. */
  static async open(test, path = "/api/1.48.0/sync") {
    const speaker = new Speaker(path);
    test.after(() => speaker.hangUp());
    await until(() => speaker.#opened || speaker.code, "the socket is open", 60_000);
    return speaker;
  }

  /** Say messages: text and bytes as they are, objects as JSON. */
  say(...messages) {
    for (const message of messages) this.socket.send(asIs(message) ? message : JSON.stringify(message));
    return this;
  }

  /** Wait for the first message of a type. */
  hears(type) {
    const found = () => this.heard.find((message) => message.type === type);
    return until(found, () => `${type}, not ${JSON.stringify(this.heard)} and ${this.code}`, 45_000);
  }

  /** Wait until the backend has closed the connection; returns the code. */
  async ended(withinMs = 45_000) {
    await until(() => this.code, () => `it is closed; heard ${JSON.stringify(this.heard)}`, withinMs);
    return this.code;
  }

  /** Close without a word to anybody. */
  hangUp() {
    this.socket.terminate();
  }

  #opened = false;

  constructor(path) {
    this.socket = new WebSocket(url.replace("http", "ws") + path, { perMessageDeflate: false });
    this.socket.on("open", () => (this.#opened = true));
    this.socket.on("message", (data) => this.heard.push(JSON.parse(data.toString())));
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => (this.code = code));
  }
}

const asIs = (message) => typeof message === "string" || Buffer.isBuffer(message);

export function connect(fields) {
  return { type: "Connect", sessionId: randomUUID(), connectionCount: 0, lastCloseReason: "InitialConnect", clientTs: 0, ...fields };
}

export function subscribe(modifications = [], baseVersion = 0) {
  return { type: "ModifyQuerySet", baseVersion, newVersion: baseVersion + 1, modifications };
}

export function add(queryId, udfPath = "projects:get", args = {}, fields = {}) {
  return { type: "Add", queryId, udfPath, args: [args], ...fields };
}

export function mutate(requestId, udfPath = "projects:create", args = { name: "Raw" }) {
  return { type: "Mutation", requestId, udfPath, args: [args] };
}

export function signIn(value, baseVersion = 0) {
  return { type: "Authenticate", baseVersion, tokenType: "User", value };
}
