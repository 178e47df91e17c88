// What the app's own servers do with the internal functions.

import { ConvexHttpClient } from "convex/browser";
import { api } from "../convex/_generated/api";
import type { Doc, Id } from "../convex/_generated/dataModel";

declare const internalKey: string;

const convex = new ConvexHttpClient("http://127.0.0.1:3210");

export async function reply(messageId: Id<"messages">, write: (turns: string[]) => Promise<string>): Promise<void> {
  const { projectId, messages } = await convex.query(api.system.getMessageContext, { internalKey, messageId });
  const files = await convex.query(api.system.getAllProjectFiles, { internalKey, projectId });
  const paths: string[] = files.filter((file) => file.type === "file").map((file) => file.path);
  const content = await write([...paths, ...messages.map((turn) => turn.content)]);
  await convex.mutation(api.system.updateMessageContent, { internalKey, messageId, content });
}

export async function importText(projectId: Id<"projects">, texts: Record<string, string>): Promise<string[]> {
  const files = Object.entries(texts).map(([name, content]) => ({ name, content }));
  const created = await convex.mutation(api.system.createFiles, { internalKey, projectId, files });
  const ids: Array<Id<"files">> = created.map((file) => file.fileId);
  await convex.mutation(api.system.updateImportStatus, { internalKey, projectId, status: "completed" });
  return created.flatMap((file, index) => file.error ?? ids[index] ?? []);
}

export async function isPaying(stackUserId: string): Promise<boolean> {
  const user: Doc<"users"> | null = await convex.query(api.users.getUserByStackUserId, { stackUserId, internalKey });
  return user?.subscriptionStatus === "active";
}

export async function endTrial(stackUserId: string): Promise<Doc<"users">> {
  return convex.mutation(api.users.updateSubscription, { internalKey, stackUserId, trialEndsAt: null });
}
