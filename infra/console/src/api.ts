/** The one way from views to the deployment: live queries over the WebSocket, mutations and operations over HTTP. */
import { usePaginatedQuery, useQuery } from "convex/react";
import {
  type FunctionReference,
  makeFunctionReference,
  type PaginationOptions,
  type PaginationResult,
} from "convex/server";
import { createContext, useContext, useMemo } from "react";
import type { Action, Description, Document, Fields, Job } from "./contract";
import type { Mutate } from "./mutate";
import type { Operate } from "./operations";

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

export const useDescription = () => useQuery(admin.describe, {});
export const useRows = (listing: Listing | "skip") =>
  usePaginatedQuery(admin.listRows, listing, { initialNumItems: PAGE_ROWS });
export const useRow = (id: string) => useQuery(admin.getRow, { id });
export const useJobs = (filter: { status?: string; kind?: string }) =>
  usePaginatedQuery(admin.listJobs, filter, { initialNumItems: PAGE_ROWS });
export const useActions = () => usePaginatedQuery(admin.listActions, {}, { initialNumItems: PAGE_ROWS });

/** What changes something or is asked once. */
export interface Door {
  operate: Operate;
  mutate: Mutate;
}

const nobody = () => Promise.reject(new Error("There is no deployment here"));
export const DoorContext = createContext<Door>({ operate: nobody, mutate: nobody });

/** Return what calls the operations of administrators. */
export const useOperate = () => useContext(DoorContext).operate;

/** Return the mutations of administrators. */
export function useMutations() {
  const { mutate } = useContext(DoorContext);
  return useMemo(
    () => ({
      insertRow: async (table: string, fields: Fields) => String(await mutate("admin:insertRow", { table, fields })),
      patchRow: (id: string, fields: Fields) => mutate("admin:patchRow", { id, fields }),
      deleteRow: (id: string) => mutate("admin:deleteRow", { id }),
      cancelJob: (jobId: string) => mutate("admin:cancelJob", { jobId }),
    }),
    [mutate],
  );
}
