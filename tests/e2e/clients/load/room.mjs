// A person's project, and the tabs in which it is open.
import { ConvexHttpClient } from "convex/browser";
import { now, tell } from "./log.mjs";
import { Tab } from "./tab.mjs";
import { operationOf, textOf } from "./texts.mjs";

const FILES = 3;
const FIRST_BYTES = 5_000;

export class Room {
  tabs = [];
  files = [];
  /** Names of files whose creation has been confirmed, and when. */
  created = new Map();

  constructor(number, { url, subject }) {
    this.number = number;
    this.#url = url;
    this.#subject = `${subject}-${number}`;
    this.http = new ConvexHttpClient(url, { logger: false });
  }

  #url;
  #subject;

  async prepare() {
    this.http.setAuth(await this.#token());
    this.projectId = await this.#call("projects:create", { name: `Load ${this.number}` });
    this.conversationId = await this.#call("conversations:create", { projectId: this.projectId });
    for (let n = 0; n < FILES; n++) {
      const content = textOf("untouched", FIRST_BYTES);
      this.files.push(await this.#call("files:createFile", { projectId: this.projectId, name: `file${n}.ts`, content }));
    }
  }

  async openTab(chance) {
    const tab = new Tab(this, this.tabs.length, { url: this.#url, token: () => this.#token() });
    this.tabs.push(tab);
    await tab.begin(chance.of(this.files));
    tell("opened", { tab: tab.id, at: now() });
  }

  /** What is there in the end, as fresh queries tell it. */
  async state() {
    const files = await this.http.query("files:getFiles", { projectId: this.projectId });
    const messages = await this.http.query("conversations:getMessages", { conversationId: this.conversationId });
    return {
      room: this.number,
      files: files.map((file) => ({ id: file._id, created: operationOf(file.name), saved: operationOf(file.content) })),
      messages: messages.map(({ role, status, content }) => ({ role, status: status ?? null, sent: operationOf(content) })),
    };
  }

  async close() {
    await Promise.all(this.tabs.map((tab) => tab.client.close()));
  }

  #call(mutation, args) {
    return this.http.mutation(mutation, args, { skipQueue: true });
  }

  async #token() {
    const answer = await fetch(`${this.#url}/dev/token?subject=${this.#subject}&email=${this.#subject}@example.com`);
    return answer.text();
  }
}
