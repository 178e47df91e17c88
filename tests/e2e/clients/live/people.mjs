// People with live clients, and the data that tests are about.
import { ConvexClient } from "convex/browser";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import { anonymous, internalKey, signedIn, token, url } from "../backend.mjs";
import { until } from "./until.mjs";

export function somebody() {
  return `person-${randomUUID()}`;
}

/** A live client that ends with the test, signed in as `subject` unless that is null. */
export function live(test, { subject = somebody(), address = url, ...options } = {}) {
  const client = new ConvexClient(address, { logger: false, ...options });
  test.after(() => client.close());
  if (subject !== null) client.setAuth(() => token(subject));
  return client;
}

/** Subscribe, and keep every value and error that was shown. */
export function watch(client, query, args = {}) {
  const values = [];
  const errors = [];
  const stop = client.onUpdate(query, args, (value) => values.push(value), (error) => errors.push(error));
  return {
    values,
    errors,
    stop,
    get latest() {
      return values.at(-1);
    },
    until: (holds, withinMs) =>
      until(() => values.length > 0 && holds(values.at(-1)), () => `${query}: ${holds} of ${inspect(values.at(-1) ?? errors.at(-1))}`, withinMs),
    failed: () => until(() => errors.at(-1), `${query} fails`),
  };
}

/** A project of `subject`. */
export async function project(subject, name = "Live") {
  return (await signedIn(subject)).mutation("projects:create", { name });
}

/** A conversation of `subject`, and what a message to it is made of. */
export async function conversation(subject) {
  const convex = await signedIn(subject);
  const projectId = await convex.mutation("projects:create", { name: "Talk" });
  const conversationId = await convex.mutation("conversations:create", { projectId });
  const saying = (content) => ({ internalKey, conversationId, projectId, role: "user", content });
  return { projectId, conversationId, saying };
}

/** What the app's own server does, over HTTP. */
export function appServer() {
  return anonymous();
}
