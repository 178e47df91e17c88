// The routes that start and stop jobs, as frontends call them.
import assert from "node:assert/strict";
import { token, url } from "../backend.mjs";

/** Send JSON to a route as `subject`, and return what it answers; fail unless that is `status`. */
export async function call(subject, method, path, body, { status = 200, headers = {} } = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${await token(subject)}`, "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, status, `${method} ${path}: ${text}`);
  return JSON.parse(text);
}
