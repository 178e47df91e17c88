import type { Operations } from "./contract";

/** An operation was refused, or nobody answered. */
export class OperationError extends Error {
  /** @param status The HTTP status; 0 if there was no answer. */
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type Operate = <Name extends keyof Operations>(
  name: Name,
  body: Operations[Name][0],
) => Promise<Operations[Name][1]>;

/** Return what calls the operations of administrators at `origin` with a token. */
export function operationsAt(origin: string, token: string): Operate {
  return async (name, body) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    let response: Response;
    try {
      response = await fetch(`${origin}/api/admin/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
    } catch {
      throw new OperationError("The deployment does not answer. Is it running, and are you online?", 0);
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new OperationError(messageOf(answer, response.status, name), response.status);
    return answer;
  };
}

function messageOf(answer: unknown, status: number, name: string): string {
  if (answer && typeof answer === "object" && "message" in answer) return String(answer.message);
  return status === 404
    ? `The deployment has no operation “${name}” for this token.`
    : `The deployment answered with status ${status}.`;
}
