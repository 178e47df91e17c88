import { ConvexError } from "convex/values";

/** What an application error of the deployment says. */
interface Refusal {
  code?: string;
  message?: string;
  field?: string;
}

function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ConvexError)) return undefined;
  return typeof error.data === "object" && error.data ? (error.data as Refusal) : { message: String(error.data) };
}

/** Return what to tell a person about an error. */
export function messageOf(error: unknown): string {
  const refusal = refusalOf(error)?.message;
  if (refusal) return refusal;
  const message = error instanceof Error ? error.message : String(error);
  // Convex clients put where it happened before what happened.
  return (
    message
      .replace(/^\[CONVEX [^\]]*\]\s*/, "")
      .replace(/^\[Request ID: [^\]]*\]\s*/, "")
      .split("\n")[0] ?? message
  );
}

/** Return the field of a document that an error is about, if it names one. */
export function fieldOf(error: unknown): string | undefined {
  if (error instanceof Error && "field" in error && typeof error.field === "string") return error.field;
  return refusalOf(error)?.field;
}
