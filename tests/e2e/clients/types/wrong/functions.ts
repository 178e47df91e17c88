// Functions that are something else.

import { ConvexHttpClient } from "convex/browser";
import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Id } from "../convex/_generated/dataModel";

declare const conversationId: Id<"conversations">;
declare const client: ConvexHttpClient;

// error TS2345: a mutation is used as a query
export const created = () => useQuery(api.projects.create, { name: "apollo" });

// error TS2345: a query is used as a mutation
export const listed = () => useMutation(api.projects.get);

// error TS2345: the same of the HTTP client
export const sent = () => client.mutation(api.projects.get);

export const messages = () =>
  // error TS2345: a query has no pages
  usePaginatedQuery(api.conversations.getMessages, { conversationId }, { initialNumItems: 10 });

// error TS2339: there is no such function
export const archive = api.projects.archive;
