import type { PaginationResult } from "convex/server";
import { useEffect, useRef, useState } from "react";
import { type Listing, PAGE_ROWS, useLiveRows } from "../api";
import type { Document } from "../contract";
import { useDoor } from "../door";
import { useEvery } from "../useEvery";
import { useSnapshot } from "../useSnapshot";

const NEW_ROWS_MS = 4000;
const MOST_ROWS = 500;

type Page = PaginationResult<Document>;

/**
 * The rows of a listing: a snapshot of the first page at once, then all that is loaded, live.
 *
 * Without an index the deployment tells live only what becomes of the rows that are there, so new ones are asked for.
 */
export function useRows(
  listing: Listing | undefined,
): Pick<ReturnType<typeof useLiveRows>, "results" | "status" | "loadMore"> {
  const live = useLiveRows(listing);
  const isFirst = live.status === "LoadingFirstPage";
  const first = listing && { ...listing, paginationOpts: { numItems: PAGE_ROWS, cursor: null } };
  const snapshot = useSnapshot<Page>("admin:listRows", isFirst ? first : undefined);
  const results = useNewRows(listing?.index || isFirst ? undefined : listing, live.results);
  return snapshot ? { results: snapshot.page, status: "LoadingMore", loadMore: live.loadMore } : { ...live, results };
}

function useNewRows(listing: Listing | undefined, live: Document[]): Document[] {
  const { call } = useDoor();
  const [latest, setLatest] = useState<Document[]>([]);
  const seen = useRef(new Set<string>());
  useEffect(() => {
    for (const { _id } of live) seen.current.add(_id);
  }, [live]);
  useEvery(NEW_ROWS_MS, listing ? JSON.stringify(listing) : null, async () => {
    if (!listing) return;
    const numItems = Math.min(MOST_ROWS, Math.max(PAGE_ROWS, live.length));
    try {
      const answer = await call("query", "admin:listRows", { ...listing, paginationOpts: { numItems, cursor: null } });
      setLatest((answer as unknown as Page).page);
    } catch {
      // The live query tells what is wrong.
    }
  });
  return listing ? withNew(live, latest, seen.current) : live;
}

/** Put rows that were never live between the live ones, where a later look found them. */
export function withNew(live: Document[], latest: Document[], seen: ReadonlySet<string>): Document[] {
  const ids = new Set(live.map(({ _id }) => _id));
  const after = new Map<string | undefined, Document[]>();
  let before: string | undefined;
  for (const row of latest) {
    if (ids.has(row._id)) before = row._id;
    else if (!seen.has(row._id)) after.set(before, [...(after.get(before) ?? []), row]);
  }
  if (after.size === 0) return live;
  return [...(after.get(undefined) ?? []), ...live.flatMap((row) => [row, ...(after.get(row._id) ?? [])])];
}
