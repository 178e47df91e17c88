import type { Value } from "convex/values";
import type { Listing } from "../api";
import type { Index, Table } from "../contract";
import { DraftError, parsed } from "../draft";
import { href, type Route } from "../route";
import { shapeOfField } from "../shape";

/** A column and its direction. */
export interface Sort {
  by: string;
  direction: "asc" | "desc";
}

/** Where the reader is in the data, which the address says: table, index and values, order, open document. */
export interface DataPlace {
  table: Table;
  index: Index | undefined;
  /** The texts of the filter's inputs, by field. */
  drafts: Record<string, string>;
  order: "asc" | "desc";
  /** The column by which the rows that are loaded are sorted. */
  sort: Sort | undefined;
  /** What to ask for; undefined while the filter does not say enough. */
  listing: Listing | undefined;
  /** What the filter still needs. */
  missing: string | undefined;
  openId: string | undefined;
  isInserting: boolean;
  opening: (id: string) => string;
  inserting: () => string;
  closed: () => string;
  sorted: (sort: Sort | undefined) => string;
  filtered: (index: string | undefined, drafts: Record<string, string>, order: "asc" | "desc") => string;
}

/** Read an address; undefined if there are no tables. */
export function placeOf(route: Route, tables: Table[]): DataPlace | undefined {
  const table = tables.find(({ name }) => name === route.parts[0]) ?? tables[0];
  if (!table) return undefined;
  const { query } = route;
  const index = table.indexes.find(({ name }) => name === query.get("index"));
  const order = query.get("order") === "asc" ? "asc" : "desc";
  const drafts = Object.fromEntries((index?.fields ?? []).map((field) => [field, query.get(field) ?? ""]));
  const by = query.get("sort");
  const sort: Sort | undefined = by ? { by, direction: query.get("direction") === "desc" ? "desc" : "asc" } : undefined;
  const { values, missing } = filterOf(table, index, drafts);
  const at = (more: Record<string, string | undefined>) =>
    href("data", [table.name], { index: index?.name, order: index && order, ...drafts, ...textOf(sort), ...more });
  return {
    table,
    index,
    drafts,
    order,
    sort,
    listing: missing ? undefined : { table: table.name, ...(index && { index: index.name, values, order }) },
    missing,
    openId: query.get("id") ?? undefined,
    isInserting: query.has("insert"),
    opening: (id) => at({ id }),
    inserting: () => at({ insert: "1" }),
    closed: () => at({}),
    sorted: (next) => at({ id: query.get("id") ?? undefined, ...textOf(next) }),
    filtered: (name, given, by) => href("data", [table.name], { index: name, order: name && by, ...given }),
  };
}

const textOf = (sort: Sort | undefined) => ({ sort: sort?.by, direction: sort?.direction });

/** The equality values of a filter: all of the index's fields, but for those that rows may lack. */
function filterOf(table: Table, index: Index | undefined, drafts: Record<string, string>) {
  const values: Record<string, Value> = {};
  for (const name of index?.fields ?? []) {
    const draft = drafts[name] || null;
    const shape = shapeOfField(table, name);
    if (draft === null && !shape.isOptional) return { values, missing: `Give a value of ${name}` };
    try {
      const value = parsed(draft, shape, name);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      if (error instanceof DraftError) return { values, missing: error.message };
      throw error;
    }
  }
  return { values };
}

/** Return what an address asks for that can be told without knowing the tables. */
export function earlyListing({ parts, query }: Route): Listing | undefined {
  return parts[0] && !query.has("index") ? { table: parts[0] } : undefined;
}
