// What people do. Each operation is begun when it is due, whatever has become of those before it.
import { codeOf, now, tell } from "./log.mjs";
import { operationOf, textOf } from "./texts.mjs";

/** How often which. */
export const MIX = { list: 20, read: 10, open: 15, save: 40, create: 5, send: 10 };

const LEAST_BYTES = 5_000;
const MOST_BYTES = 50_000;
const MESSAGE_BYTES = 300;

export class Operations {
  #chance;
  #driver;
  #begun = 0;
  #pending = new Map();

  constructor(driver, chance) {
    this.#driver = driver;
    this.#chance = chance;
  }

  get pending() {
    return this.#pending.size;
  }

  /** Begin an operation of somebody's that was due at `due`. */
  begin(rooms, due) {
    const kind = this.#chance.weighted(MIX);
    const room = this.#chance.of(rooms);
    const tab = this.#chance.of(room.tabs);
    const id = `op-${this.#driver}-${++this.#begun}`;
    const about = { id, kind, room: room.number, tab: tab.id, due, bytes: 0, target: null };
    this.#pending.set(id, about);
    this[`_${kind}`](about, room, tab).then(
      (shown) => this.#end(about, shown === false ? "replaced" : "ok"),
      (error) => this.#end(about, error?.data?.code ? "refused" : "failed", codeOf(error)),
    );
  }

  /** Tell of those that nobody has answered. */
  abandon() {
    for (const about of this.#pending.values()) tell("operation", { ...about, ended: null, outcome: "unanswered", code: null });
    this.#pending.clear();
  }

  #end(about, outcome, code = null) {
    if (!this.#pending.delete(about.id)) return;
    tell("operation", { ...about, ended: now(), outcome, code });
  }

  async _list(about, room) {
    const expected = [...room.created.keys()];
    const files = await room.http.query("files:getFolderContents", { projectId: room.projectId });
    const found = new Set(files.map((file) => operationOf(file.name)));
    about.missing = expected.filter((operation) => !found.has(operation));
  }

  async _read(about, room) {
    about.target = this.#chance.of(room.files);
    about.began = now();
    const file = await room.http.query("files:getFile", { id: about.target });
    about.shown = operationOf(file.content);
  }

  async _open(about, room, tab) {
    about.target = this.#chance.of(room.files.filter((file) => file !== tab.file));
    return tab.open(about.target);
  }

  async _save(about, room, tab) {
    const content = textOf(about.id, this.#chance.between(LEAST_BYTES, MOST_BYTES));
    Object.assign(about, { target: tab.file, bytes: Buffer.byteLength(content), over: tab.carries(content) ? "socket" : "HTTP" });
    await this.#mutate(about, tab, "files:updateFile", { id: tab.file, content });
  }

  async _create(about, room, tab) {
    about.over = "socket";
    about.target = await this.#mutate(about, tab, "files:createFile", { projectId: room.projectId, name: `${about.id}.txt`, content: "" });
    room.created.set(about.id, now());
  }

  async _send(about, room, tab) {
    about.over = "socket";
    await this.#mutate(about, tab, "messages:send", { conversationId: room.conversationId, message: textOf(about.id, MESSAGE_BYTES) });
  }

  #mutate(about, tab, mutation, args) {
    if (about.over === "socket") return tab.client.mutation(mutation, args);
    return tab.room.http.mutation(mutation, args, { skipQueue: true });
  }
}
