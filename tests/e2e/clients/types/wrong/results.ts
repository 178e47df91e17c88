// Results that a function does not have.

import { ConvexHttpClient } from "convex/browser";
import { useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Doc } from "../convex/_generated/dataModel";

declare const client: ConvexHttpClient;

// error TS2339: a document has no such field
export const colours = () => useQuery(api.projects.get)?.map((project) => project.colour);

// error TS2339: a field never leaves the backend
export const pending = (project: Doc<"projects">) => project.pendingDeletes;

// error TS2322: a field may be absent
export const content = (file: Doc<"files">): string => file.content;

// error TS2532: the result of a live query is not there at first
export const first = () => useQuery(api.projects.get)[0];

// error TS2531: a result may be null
export const tier = async () => (await client.query(api.users.getSubscription)).subscriptionTier;
