import type { Large } from "./contract";

/** Return what is known of a large text that a list leaves out, or nothing: the value is a whole one. */
export function largeOf(value: unknown): Large["_large"] | undefined {
  return typeof value === "object" && value !== null && "_large" in value ? (value as Large)._large : undefined;
}
