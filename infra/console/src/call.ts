import { ConvexError, convexToJson, jsonToConvex, type Value } from "convex/values";
import { OperationError } from "./operations";

export type Call = (kind: "query" | "mutation", path: string, args: Record<string, Value>) => Promise<Value>;

/** Return what calls functions for administrators at `origin` over HTTP. */
export function callsAt(origin: string, token: string): Call {
  return async (kind, path, args) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ path, format: "convex_encoded_json", args: [convexToJson(args)] });
    const response = await fetch(`${origin}/api/admin/${kind}`, { method: "POST", headers, body });
    const answer = await response.json().catch(() => ({}));
    if (answer.status === "success") return jsonToConvex(answer.value);
    if (answer.errorData !== undefined) throw new ConvexError(jsonToConvex(answer.errorData));
    throw new OperationError(
      answer.errorMessage ?? answer.message ?? `The deployment answered with status ${response.status}.`,
      response.status,
    );
  };
}
