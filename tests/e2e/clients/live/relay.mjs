// Stands between a client and the backend: sees every frame, and may hold it, drop it, add others or cut the connection.
import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { url } from "../backend.mjs";
import { until } from "./until.mjs";

export class Relay {
  /** @type {Link[]} The connections so far, the latest last. */
  links = [];
  /** @type {{from: "client" | "server", link: Link, message: any, bytes: number}[]} What was sent so far. */
  frames = [];
  /** Called with each frame; what returns false is not passed on. */
  intercept = () => true;

  /** Start one that ends with the test. */
  static async open(test) {
    const relay = new Relay();
    await relay.#listen();
    test.after(() => relay.#end());
    return relay;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  get link() {
    return this.links.at(-1);
  }

  /** The messages of one type that a side has sent, oldest first. */
  sent(from, type) {
    return this.frames.filter((frame) => frame.from === from && frame.message.type === type).map((frame) => frame.message);
  }

  /** Wait until a side has sent `count` messages of a type. */
  async until(from, type, count = 1) {
    await until(() => this.sent(from, type).length >= count, `${count} of ${type} from the ${from}`);
  }

  #server = createServer();

  async #listen() {
    new WebSocketServer({ server: this.#server }).on("connection", (socket, request) => {
      this.links.push(new Link(this, socket, request));
    });
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
  }

  #end() {
    for (const link of this.links) link.cut();
    this.#server.close();
  }
}

export class Link {
  open = true;

  constructor(relay, socket, request) {
    const name = request.headers["convex-client"];
    this.client = socket;
    this.server = new WebSocket(url.replace("http", "ws") + request.url, { headers: name ? { "Convex-Client": name } : {} });
    this.#opened = once(this.server, "open").catch(() => {});
    this.#join(relay, "client", socket, (text) => this.toServer(text));
    this.#join(relay, "server", this.server, (text) => this.toClient(text));
  }

  /** The session that the client named. */
  session = undefined;
  #opened;

  async toServer(text) {
    await this.#opened;
    if (this.server.readyState === WebSocket.OPEN) this.server.send(text);
  }

  toClient(text) {
    if (this.client.readyState === WebSocket.OPEN) this.client.send(text);
  }

  /** End both halves as a network does that has gone: nobody is told anything. */
  cut() {
    this.open = false;
    this.client.terminate();
    this.server.terminate();
  }

  /** End both halves once the client has what was sent to it. */
  close() {
    this.open = false;
    this.client.close(1001);
    this.server.terminate();
  }

  #join(relay, from, socket, pass) {
    socket.on("message", (data) => {
      const text = data.toString();
      const message = JSON.parse(text);
      if (message.type === "Connect") this.session = message.sessionId;
      const frame = { from, link: this, message, text, bytes: data.length };
      if (!this.open) return;
      relay.frames.push(frame);
      if (relay.intercept(frame) !== false) pass(text);
    });
    socket.on("error", () => {});
    socket.on("close", (code) => this.#pass(from === "client" ? this.server : this.client, code));
  }

  #pass(other, code) {
    this.open = false;
    if (other.readyState === WebSocket.CONNECTING) other.terminate();
    else if (code === 1005 || code === 1006) other.close();
    else other.close(code);
  }
}
