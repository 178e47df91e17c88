// One live connection: a browser's tab in which a project is open.
import { ConvexClient } from "convex/browser";
import { withTransport } from "../live/transport.mjs";
import { codeOf, now, tell } from "./log.mjs";
import { operationOf } from "./texts.mjs";

/** What a frame carries of a file without the transport: API Gateway takes 32 KB, and quotes and line ends grow. */
const FRAME_BYTES = 24_000;

export class Tab {
  #views = new Map();
  #connectionViews = 0;

  constructor(room, number, { url, token }) {
    this.room = room;
    this.id = `${room.number}.${number}`;
    this.carriesAll = number % 2 === 1;
    const socket = this.carriesAll ? withTransport() : {};
    this.client = new ConvexClient(url, { logger: false, unsavedChangesWarning: false, ...socket });
    this.client.setAuth(token);
  }

  /** Keep the project's lists live, and a file; resolves when all are shown. */
  async begin(file) {
    const { projectId, conversationId } = this.room;
    await Promise.all([
      this.#watch("projects", "projects:get", {}, () => []),
      this.#watch("folder", "files:getFolderContents", { projectId }, (files) => files.map((one) => operationOf(one.name))),
      this.#watch("messages", "conversations:getMessages", { conversationId }, (all) => all.map((one) => operationOf(one.content))),
      this.open(file),
    ]);
  }

  /** Show another file instead; resolves when its content is there, or with false: another was opened before it was. */
  open(file) {
    this.file = file;
    this.#views.get("file")?.stop();
    return this.#watch("file", "files:getFile", { id: file }, (one) => [operationOf(one.content)]);
  }

  /** Whether a text can be sent over the socket. */
  carries(text) {
    return this.carriesAll || Buffer.byteLength(text) <= FRAME_BYTES;
  }

  views() {
    return [...this.#views.values()];
  }

  state() {
    return this.client.connectionState();
  }

  #watch(kind, query, args, operations) {
    const view = { id: `${this.id}/${++this.#connectionViews}`, kind, query, args, value: undefined, failed: undefined };
    this.#views.set(kind, view);
    let shown = new Set();
    return new Promise((resolve) => {
      const take = (value) => {
        const atOnce = view.value === undefined;
        view.value = value;
        const at = now();
        const found = operations(value).filter((operation) => operation !== null);
        for (const operation of found) {
          if (!shown.has(operation)) tell("seen", { view: view.id, kind, tab: this.id, operation, at, atOnce });
        }
        shown = new Set(found);
        resolve();
      };
      const fail = (error) => {
        view.failed = codeOf(error);
        tell("trouble", { what: `the live query ${query} failed with ${view.failed}`, tab: this.id });
        resolve();
      };
      const stop = this.client.onUpdate(query, args, take, fail);
      view.stop = () => {
        stop();
        resolve(false);
      };
    });
  }
}
