// Arguments that a function does not take.

import { ConvexHttpClient } from "convex/browser";
import { useMutation, useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Id } from "../convex/_generated/dataModel";

declare const projectId: Id<"projects">;
declare const conversationId: Id<"conversations">;
declare const client: ConvexHttpClient;

// error TS2322: an argument has another type
export const projects = () => useQuery(api.projects.getPartial, { limit: "six" });

// error TS2741: an argument is missing
export const rename = () => useMutation(api.projects.rename)({ id: projectId });

// error TS2554: all arguments are missing
export const project = () => useQuery(api.projects.getById);

// error TS2353: there is no such argument
export const create = () => useMutation(api.projects.create)({ name: "apollo", colour: "red" });

// error TS2322: an optional argument may be absent, not null
export const describe = () => useMutation(api.projects.create)({ name: "apollo", description: null });

// error TS2322: a string is none of those that are allowed
export const folder = () => useMutation(api.files.create)({ projectId, name: "src", type: "directory" });

// error TS2741: the internal key is missing
export const internal = () => client.query(api.system.getProjectById, { projectId });

// error TS2741: a page is asked for without saying which
export const page = () => client.query(api.conversations.getMessagesPaginated, { conversationId });
