/** The one way from views to the deployment: live queries over the WebSocket, mutations and operations over HTTP. */
import { usePaginatedQuery, useQuery } from "convex/react";
import {
  type FunctionReference,
  makeFunctionReference,
  type PaginationOptions,
  type PaginationResult,
} from "convex/server";
import { useMemo } from "react";
import type { Action, Description, Document, Fields, Job } from "./contract";
import { useDoor } from "./door";
import { useSnapshot } from "./useSnapshot";

type Paged<Args, Row> = FunctionReference<
  "query",
  "public",
  Args & { paginationOpts: PaginationOptions },
  PaginationResult<Row>
>;

/** Which rows of a table are listed. */
export type Listing = {
  table: string;
  index?: string;
  values?: Fields;
  order?: "asc" | "desc";
};

const admin = {
  describe: makeFunctionReference<"query", Record<string, never>, Description>("admin:describe"),
  listRows: makeFunctionReference<"query">("admin:listRows") as Paged<Listing, Document>,
  getRow: makeFunctionReference<"query", { id: string }, { table: string; document: Document } | null>("admin:getRow"),
  listJobs: makeFunctionReference<"query">("admin:listJobs") as Paged<{ status?: string; kind?: string }, Job>,
  listActions: makeFunctionReference<"query">("admin:listActions") as Paged<Record<string, never>, Action>,
};

export const PAGE_ROWS = 50;
const NOTHING = {};

/** Return what the deployment is made of, for as long as it stays so. */
export function useDescription(): Description | undefined {
  const live = useQuery(admin.describe, {});
  const snapshot = useSnapshot<Description>("admin:describe", live ? undefined : NOTHING);
  return live ?? snapshot;
}

export const useLiveRows = (listing: Listing | undefined) =>
  usePaginatedQuery(admin.listRows, listing ?? "skip", { initialNumItems: PAGE_ROWS });

export const useRow = (id: string) => useQuery(admin.getRow, { id });
export const useJobs = (filter: { status?: string; kind?: string }) =>
  usePaginatedQuery(admin.listJobs, filter, { initialNumItems: PAGE_ROWS });
export const useActions = () => usePaginatedQuery(admin.listActions, {}, { initialNumItems: PAGE_ROWS });

/** Return what calls the operations of administrators. */
export const useOperate = () => useDoor().operate;

/** Return the mutations of administrators. */
export function useMutations() {
  const { call } = useDoor();
  return useMemo(
    () => ({
      insertRow: async (table: string, fields: Fields) =>
        String(await call("mutation", "admin:insertRow", { table, fields })),
      patchRow: (id: string, fields: Fields) => call("mutation", "admin:patchRow", { id, fields }),
      deleteRow: (id: string) => call("mutation", "admin:deleteRow", { id }),
      cancelJob: (jobId: string) => call("mutation", "admin:cancelJob", { jobId }),
    }),
    [call],
  );
}
