import type { Value } from "convex/values";
import type { Document } from "../contract";
import { largeOf } from "../large";
import type { Sort } from "./dataPlace";

/** Sort rows by a column; those that lack it come last in either direction. */
export function sortedRows(rows: Document[], sort: Sort | undefined): Document[] {
  if (!sort) return rows;
  const sign = sort.direction === "asc" ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[sort.by] ?? null, b[sort.by] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compared(left, right);
  });
}

function compared(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return textOf(left).localeCompare(textOf(right), "en", { numeric: true });
}

function textOf(value: Value): string {
  if (typeof value === "string") return value;
  return (
    largeOf(value)?.preview ?? JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner))
  );
}
