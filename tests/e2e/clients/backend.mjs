// The backend under test: its address and internal key come from the environment.
import { ConvexHttpClient } from "convex/browser";
import { randomUUID } from "node:crypto";

export const url = process.env.POLARIS_URL;
export const internalKey = process.env.POLARIS_CONVEX_INTERNAL_KEY;

export async function token(subject) {
  const response = await fetch(`${url}/dev/token?subject=${subject}&email=${subject}@example.com`);
  return response.text();
}

/** A client of a person nobody else in the tests is. */
export async function signedIn(subject = `person-${randomUUID()}`) {
  const client = new ConvexHttpClient(url, { logger: false });
  client.setAuth(await token(subject));
  return client;
}

export function anonymous() {
  return new ConvexHttpClient(url, { logger: false });
}

/** The error that a promise is rejected with. */
export async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}
