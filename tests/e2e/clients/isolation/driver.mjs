// 16 clients of the whole app, half of them live: what they call and see is printed, a JSON object a line.
//
// Standard input takes verbs: `go {seconds}` lets them call, `settle` lets live queries come to rest. What is judged
// here is what only the client sees: versions, identities, and whether own writes show; the rest is the reader's.
import { ConvexClient } from "convex/browser";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { token } from "../backend.mjs";
import { dice } from "./dice.mjs";
import { watchedSocket } from "./socket.mjs";

const { url, seed, internalKey, people } = JSON.parse(process.argv[2]);
const CLIENTS = 16;
const PATIENCE_MS = 60_000;
const SETTLE_MS = 60_000;
const REFUSALS = new Set(["CONFLICT", "LIMIT_REACHED", "NOT_FOUND", "FORBIDDEN", "INVALID_ARGUMENT"]);

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const now = () => Number(process.hrtime.bigint());
const violate = (invariant, what) => tell({ violation: invariant, what });
const sorted = (_, value) =>
  value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
const same = (one, other) => JSON.stringify(one, sorted) === JSON.stringify(other, sorted);

let until = 0;
/** How many exceptions of clients are to come of frames that API Gateway has told to be lost. */
let throws = 0;

class Client {
  constructor(number) {
    this.number = number;
    this.random = dice(`${seed}/${number}`);
    this.me = people[number % people.length];
    this.stranger = people[(number + 1) % people.length];
    this.count = 0;
    this.shown = new Map();
  }

  name() {
    return `${this.number}.${++this.count}`;
  }

  async work() {
    while (now() < until) {
      const [act] = this.random.weighted([
        [() => this.createProject(), 1],
        [() => this.createFile(), 3],
        [() => this.save(), 4],
        [() => this.say(), 3],
        [() => this.rename(), 1],
        [() => this.remove(), 1],
        [() => this.plant(), 2],
        [() => this.fell(), 1],
        [() => this.list(), 3],
        [() => this.load(), 3],
        [() => this.trespass(), 1],
      ]);
      await act();
    }
  }

  createProject() {
    const name = this.name();
    return this.mutate(name, "projects:create", { name }, { key: `projects ${this.me.subject}` });
  }

  createFile() {
    const content = this.name();
    const name = this.random.pick(["a.txt", "b.txt", "c.txt", "d.txt"]);
    return this.mutate(content, "files:createFile", { projectId: this.me.projectId, name, content }, { key: `folder ${this.me.subject}` });
  }

  save() {
    const content = this.name();
    const id = this.random.pick(this.me.registers);
    return this.mutate(content, "files:updateFile", { id, content }, { key: `file ${id}`, set: true });
  }

  async say() {
    const content = this.name();
    const { conversationId, projectId } = this.me;
    const args = { internalKey, conversationId, projectId, role: "user", content };
    const id = await this.mutate(content, "system:createMessage", args, { key: `messages ${this.me.subject}` });
    const shown = this.shown.get("conversations:getMessages");
    if (id && this.live && Array.isArray(shown) && !shown.some((message) => message._id === id)) {
      violate("I5", `client ${this.number} was answered ${content}, and its live query shows ${shown.length} messages without it`);
    }
  }

  async rename() {
    const [entry] = this.random.shuffled(await this.entries());
    if (entry) {
      const newName = this.random.pick(["a.txt", "b.txt", "e.txt"]);
      await this.mutate(this.name(), "files:renameFile", { id: entry._id, newName }, {});
    }
  }

  async remove() {
    const [entry] = this.random.shuffled(await this.entries());
    if (entry && this.random.real() < 0.5) {
      await this.mutate(this.name(), "files:deleteFile", { id: entry._id }, { key: `folder ${this.me.subject}`, removes: entry.content });
    }
  }

  /** A folder, or a file or folder in one that may be deleted meanwhile; what comes of trees is for the audit to say. */
  async plant() {
    const [folder] = this.random.shuffled(await this.folders());
    const name = this.name();
    const place = { projectId: this.me.projectId, parentId: folder?._id, name };
    if (!folder || this.random.real() < 0.4) await this.mutate(name, "files:createFolder", place, {});
    else await this.mutate(name, "files:createFile", { ...place, content: name }, {});
  }

  async fell() {
    const [folder] = this.random.shuffled(await this.folders());
    if (folder) await this.mutate(this.name(), "files:deleteFile", { id: folder._id }, {});
  }

  async folders() {
    return ((await this.files()) ?? []).filter(({ type }) => type === "folder");
  }

  async entries() {
    return ((await this.files()) ?? []).filter(({ _id, type, parentId }) => type === "file" && !parentId && !this.me.registers.includes(_id));
  }

  async files() {
    const found = await this.query("files:getFiles", { projectId: this.me.projectId });
    const ids = new Set(found?.map(({ _id }) => _id));
    const orphan = found?.find(({ parentId }) => parentId && !ids.has(parentId));
    if (orphan) violate("I8", `${orphan.name} is shown, and not the folder that it is in`);
    return found;
  }

  async list() {
    const [path, args, key] = this.random.pick([
      ["conversations:getMessages", { conversationId: this.me.conversationId }, "messages"],
      ["files:getFiles", { projectId: this.me.projectId }, "folder"],
      ["projects:get", {}, "projects"],
    ]);
    const from = now();
    const found = await this.query(path, args);
    if (found) {
      const rows = found.filter(({ _id, type }) => type !== "folder" && !this.me.registers.includes(_id));
      const value = rows.map((row) => (key === "projects" ? row.name : row.content));
      tell({ looked: this.name(), client: this.number, from, at: now(), key: `${key} ${this.me.subject}`, range: value });
      const foreign = found.filter((row) => key === "projects" && row.ownerId !== this.me.subject);
      if (foreign.length) violate("I9", `${this.me.subject} was shown a project of ${foreign[0].ownerId}`);
    }
  }

  async load() {
    const id = this.random.pick(this.me.registers);
    const from = now();
    const file = await this.query("files:getFile", { id });
    if (file) tell({ looked: this.name(), client: this.number, from, at: now(), key: `file ${id}`, value: file.content });
  }

  /** Try what is another's, by every argument that names something. */
  async trespass() {
    const { projectId, conversationId, registers } = this.stranger;
    const [path, args, kind] = this.random.pick([
      ["projects:getById", { id: projectId }, "query"],
      ["files:getFile", { id: registers[0] }, "query"],
      ["files:getFolderContents", { projectId }, "query"],
      ["conversations:getMessages", { conversationId }, "query"],
      ["files:updateFile", { id: registers[0], content: "stolen" }, "mutation"],
      ["files:createFile", { projectId, name: "mine.txt", content: "stolen" }, "mutation"],
      ["projects:rename", { id: projectId, name: "stolen" }, "mutation"],
      ["files:createFile", { projectId: this.me.projectId, parentId: registers[0], name: "in.txt", content: "stolen" }, "mutation"],
    ]);
    const told = await this.send(kind, path, args, randomUUID());
    if (told.status === "success") violate("I9", `${this.me.subject} was answered ${path} of ${this.stranger.subject}`);
    else tell({ trespassed: path });
  }

  async query(path, args) {
    const told = await this.send("query", path, args);
    return told.status === "success" ? told.value : null;
  }

  /** Call a mutation, over HTTP again and again under one key until it is answered. */
  async mutate(token, path, args, note) {
    tell({ sent: token, client: this.number, at: now(), path, ...note });
    const told = this.live ? await this.callLive(path, args) : await this.callHttp(path, args);
    tell({ answered: token, at: now(), answer: answerOf(told), code: told.code });
    return told.status === "success" ? told.value : null;
  }

  async callHttp(path, args) {
    const key = randomUUID();
    let told = { status: "unknown" };
    for (let attempt = 0; attempt < 6; attempt++) {
      const isTwice = this.random.real() < 0.1;
      const answers = await Promise.all([this.send("mutation", path, args, key), ...(isTwice ? [this.send("mutation", path, args, key)] : [])]);
      const successes = answers.filter(({ status }) => status === "success");
      if (successes.length > 1 && !same(successes[0].value, successes[1].value)) {
        violate("I2", `${path} was sent twice under one key, and answered ${JSON.stringify(successes)}`);
      }
      told = successes[0] ?? answers.find(({ code }) => REFUSALS.has(code)) ?? answers[0];
      if (told.status === "success" || REFUSALS.has(told.code)) return told;
      await sleep(50 * 2 ** attempt);
    }
    return told;
  }

  async send(kind, path, args, key) {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${this.me.token}` };
    if (key) headers["Idempotency-Key"] = key;
    try {
      const body = JSON.stringify({ path, args, format: "json" });
      const response = await fetch(`${url}/api/${kind}`, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
      const told = await response.json();
      if (told.status === "success") return told;
      return { status: "error", code: told.errorData?.code ?? told.code ?? `${response.status}`, told };
    } catch (error) {
      return { status: "unknown", code: `${error}` };
    }
  }
}

class LiveClient extends Client {
  constructor(number) {
    super(number);
    this.subject = this.me.subject;
    const socket = watchedSocket(
      (what) => violate("I3", `client ${number}: ${what}`),
      (what) => violate("I7", `client ${number}: ${what}`),
      (socket) => this.lose(socket),
    );
    this.live = new ConvexClient(url, { logger: false, webSocketConstructor: socket, unsavedChangesWarning: false });
    this.live.setAuth(() => token(this.subject));
    this.watch("projects:get", {});
    this.watch("files:getFolderContents", { projectId: this.me.projectId });
    this.watch("conversations:getMessages", { conversationId: this.me.conversationId });
    this.watch("files:getFile", { id: this.me.registers[0] });
  }

  /** Take note of a lost frame. */
  lose(socket) {
    this.lossy = socket;
    throws++;
    tell({ lost: this.number });
  }

  watch(path, args) {
    this.live.onUpdate(path, args, (value) => this.shown.set(path, value), (error) => this.shown.set(path, { refused: error.data?.code ?? `${error}` }));
    this.watched = [...(this.watched ?? []), [path, args]];
  }

  async callLive(path, args) {
    const late = sleep(PATIENCE_MS).then(() => ({ status: "unknown", code: "no answer in time" }));
    const answer = this.live.mutation(path, args).then(
      (value) => ({ status: "success", value }),
      (error) => ({ status: "error", code: error.data?.code ?? `${error}`.slice(0, 200) }),
    );
    return Promise.race([answer, late]);
  }

  /** Compare what is shown with a fresh run until they agree. */
  async settle() {
    const start = now();
    // Without the transport, only the next connection helps, and each has its end after two hours.
    this.lossy?.terminate();
    for (const [path, args] of this.watched) {
      let fresh = null;
      while (!same(this.shown.get(path), fresh) || fresh === null) {
        if (now() - start > SETTLE_MS * 1e6) {
          const shown = JSON.stringify(this.shown.get(path))?.slice(0, 300);
          violate("I4", `client ${this.number}: ${path} shows ${shown}, and a fresh run ${JSON.stringify(fresh)?.slice(0, 300)}`);
          break;
        }
        await sleep(200);
        fresh = await this.query(path, args);
      }
    }
    tell({ settled: this.number, afterMs: (now() - start) / 1e6 });
  }
}

/** A live client that nobody calls by, and that is now one person and now another. */
class Changing extends LiveClient {
  async work() {
    while (now() < until) {
      await sleep(1500 + 1500 * this.random.real());
      this.subject = this.subject === this.me.subject ? this.stranger.subject : this.me.subject;
      this.live.setAuth(() => token(this.subject));
      tell({ changed: this.number });
    }
    this.subject = this.me.subject;
    this.live.setAuth(() => token(this.subject));
  }
}

/** What is known of a call: it happened, it never will, or neither. */
function answerOf({ status, code }) {
  if (status === "success") return "ok";
  return status === "error" && REFUSALS.has(code) ? "fail" : "unknown";
}

function kindOf(number) {
  if (number === 1) return Changing;
  return number % 2 ? LiveClient : Client;
}

// What a client cannot take, such as a message that is no JSON, would end a page, too.
process.on("uncaughtException", (error) => {
  if (throws > 0 && error instanceof TypeError) throws--;
  else violate("I3", `a client threw ${error.stack}`);
});

for (const person of people) person.token = await token(person.subject);
const clients = Array.from({ length: CLIENTS }, (_, number) => new (kindOf(number))(number));
tell({ ready: true });

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, seconds] = line.split(" ");
  if (verb === "go") {
    until = now() + seconds * 1e9;
    await Promise.all(clients.map((client) => client.work()));
  } else {
    await Promise.all(clients.filter(({ live }) => live).map((client) => client.settle()));
  }
  tell({ done: verb });
}
process.exit(0);
