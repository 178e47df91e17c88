/** A value while it is being typed: the text of its input, and back. */
import type { Value } from "convex/values";
import type { Shape } from "./shape";

/** What stands in an input; null is no value at all. */
export type Draft = string | null;

/** An input's text is no value of its field. */
export class DraftError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Return what an input shows for a value. */
export function draftOf(value: unknown, shape: Shape): Draft {
  if (value === undefined || (value === null && shape.kind !== "json")) return null;
  return typeof value === "string" && shape.kind !== "json" ? value : JSON.stringify(value, null, 2);
}

/**
 * Return the value that an input's text says; undefined for none.
 *
 * @throws DraftError: it says none of that kind.
 */
export function parsed(draft: Draft, shape: Shape, field: string): Value | undefined {
  if (draft === null) return undefined;
  switch (shape.kind) {
    case "number": {
      const number = Number(draft);
      if (draft.trim() === "" || Number.isNaN(number)) throw new DraftError(field, `${field} must be a number`);
      return number;
    }
    case "boolean":
      return draft === "true";
    case "json":
      try {
        return JSON.parse(draft);
      } catch (error) {
        throw new DraftError(field, `${field} must be JSON: ${(error as Error).message}`);
      }
    default:
      return draft;
  }
}
