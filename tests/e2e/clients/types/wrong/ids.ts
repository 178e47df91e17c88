// Ids and tables that there are not.

import { useMutation, useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Doc, Id } from "../convex/_generated/dataModel";

declare const projectId: Id<"projects">;
declare const fileId: Id<"files">;

// error TS2322: an id is of another table
export const file = () => useQuery(api.files.getFile, { id: projectId });

// error TS2322: an id of a document is none of a stored object
export const upload = () => useMutation(api.files.uploadFile)({ projectId, name: "a.png", storageId: fileId });

// error TS2322: a string is no id
export const project = () => useQuery(api.projects.getById, { id: "abc" });

// error TS2344: there is no such table
export type Folder = Doc<"folders">;
