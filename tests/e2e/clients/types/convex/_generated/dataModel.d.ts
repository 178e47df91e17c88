/* eslint-disable */
/**
 * Generated data model types.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `make codegen`.
 * @module
 */

import type { DocumentByName, SystemTableNames, TableNamesInDataModel } from "convex/server";
import type { GenericId } from "convex/values";

/**
 * The names of all tables.
 */
export type TableNames = TableNamesInDataModel<DataModel>;

/**
 * The type of a document.
 *
 * @typeParam TableName - A string literal type of the table name (like "users").
 */
export type Doc<TableName extends TableNames> = DocumentByName<DataModel, TableName>;

/**
 * The id of a document, which is in its field `_id`.
 *
 * Ids are just strings at run time; this type tells those of different tables apart.
 *
 * @typeParam TableName - A string literal type of the table name (like "users").
 */
export type Id<TableName extends TableNames | SystemTableNames> = GenericId<TableName>;

/**
 * The tables, the documents in them, and their indexes.
 */
export type DataModel = {
  /**
   * An AI conversation about a project.
   */
  conversations: {
    document: {
      _id: Id<"conversations">;
      _creationTime: number;
      projectId: Id<"projects">;
      title: string;
      updatedAt: number;
    };
    fieldPaths: "_creationTime" | "_id" | "projectId" | "title" | "updatedAt";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_project: ["projectId", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A deleted project or large folder whose contents are still being removed; `root` is its id.
   */
  deletions: {
    document: {
      _id: Id<"deletions">;
      _creationTime: number;
      kind: "project" | "folder";
      projectId: string;
      root: string;
    };
    fieldPaths: "_creationTime" | "_id" | "kind" | "projectId" | "root";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_kind: ["kind", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A file or folder of a project; a root entry has no `parentId`.
   */
  files: {
    document: {
      _id: Id<"files">;
      _creationTime: number;
      projectId: Id<"projects">;
      parentId?: Id<"files">;
      name: string;
      type: "file" | "folder";
      content?: string;
      storageId?: Id<"_storage">;
      updatedAt: number;
    };
    fieldPaths: "_creationTime" | "_id" | "content" | "name" | "parentId" | "projectId" | "storageId" | "type" | "updatedAt";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_project: ["projectId", "_creationTime"];
      by_parent: ["parentId", "_creationTime"];
      by_project_parent: ["projectId", "parentId", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A step in the progress of a generated project. Never changed once written, so its index carries it whole.
   */
  generationEvents: {
    document: {
      _id: Id<"generationEvents">;
      _creationTime: number;
      projectId: Id<"projects">;
      type: "step" | "file" | "info" | "error";
      message: string;
      filePath?: string;
      preview?: string;
      createdAt: number;
    };
    fieldPaths: "_creationTime" | "_id" | "createdAt" | "filePath" | "message" | "preview" | "projectId" | "type";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_project_created_at: ["projectId", "createdAt", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * Work in the background for a project; its row is what its run must find `running` to write anything.
   */
  jobs: {
    document: {
      _id: Id<"jobs">;
      _creationTime: number;
      jobId: string;
      kind: "process-message" | "import-github-repo" | "export-to-github" | "generate-project";
      projectId: Id<"projects">;
      ownerId: string;
      messageId?: Id<"messages">;
      status: "running" | "completed" | "failed" | "cancelled";
      input?: any;
      sealedToken?: string;
      startedAt: number;
      endsBy: number;
      endedAt?: number;
      error?: string;
    };
    fieldPaths: "_creationTime" | "_id" | "endedAt" | "endsBy" | "error" | "input" | "jobId" | "kind" | "messageId" | "ownerId" | "projectId" | "sealedToken" | "startedAt" | "status";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_status: ["status", "endsBy", "_creationTime"];
      by_project: ["projectId", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A message of a conversation.
   */
  messages: {
    document: {
      _id: Id<"messages">;
      _creationTime: number;
      conversationId: Id<"conversations">;
      projectId: Id<"projects">;
      role: "user" | "assistant";
      content: string;
      status?: "processing" | "completed" | "cancelled" | "failed";
      triggerRunId?: string;
      toolCalls?: Array<{ id: string; name: string; args: any; result?: any }>;
    };
    fieldPaths: "_creationTime" | "_id" | "content" | "conversationId" | "projectId" | "role" | "status" | "toolCalls" | "triggerRunId";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_conversation: ["conversationId", "_creationTime"];
      by_project_status: ["projectId", "status", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A workspace owned by one user.
   */
  projects: {
    document: {
      _id: Id<"projects">;
      _creationTime: number;
      name: string;
      ownerId: string;
      userId?: Id<"users">;
      updatedAt: number;
      importStatus?: "importing" | "completed" | "failed";
      exportStatus?: "exporting" | "completed" | "failed" | "cancelled";
      exportRepoUrl?: string;
      settings?: { installCommand?: string; devCommand?: string };
      description?: string;
      language?: string;
      isPublic?: boolean;
    };
    fieldPaths: "_creationTime" | "_id" | "description" | "exportRepoUrl" | "exportStatus" | "importStatus" | "isPublic" | "language" | "name" | "ownerId" | "settings" | "settings.devCommand" | "settings.installCommand" | "updatedAt" | "userId";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_owner: ["ownerId", "_creationTime"];
      by_user: ["userId", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
  /**
   * A person who has signed in, with their subscription.
   */
  users: {
    document: {
      _id: Id<"users">;
      _creationTime: number;
      stackUserId: string;
      email: string;
      autumnCustomerId?: string;
      subscriptionStatus?: "free" | "trialing" | "active" | "paused" | "canceled" | "past_due";
      subscriptionTier?: "free" | "pro_monthly" | "pro_yearly";
      subscriptionPlanId?: string;
      projectLimit: number;
      trialEndsAt?: number;
      trialUsed?: boolean;
      createdAt: number;
      updatedAt: number;
    };
    fieldPaths: "_creationTime" | "_id" | "autumnCustomerId" | "createdAt" | "email" | "projectLimit" | "stackUserId" | "subscriptionPlanId" | "subscriptionStatus" | "subscriptionTier" | "trialEndsAt" | "trialUsed" | "updatedAt";
    indexes: {
      by_id: ["_id"];
      by_creation_time: ["_creationTime"];
      by_stack_user: ["stackUserId", "_creationTime"];
      by_autumn_customer: ["autumnCustomerId", "_creationTime"];
      by_subscription_status: ["subscriptionStatus", "_creationTime"];
    };
    searchIndexes: {};
    vectorIndexes: {};
  };
};
