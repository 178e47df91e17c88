/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `make codegen`.
 * @module
 */

import type { FunctionReference, PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "./dataModel.js";

/**
 * A utility for referencing functions of the app's API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: {
  conversations: {
    /**
     * Begin a conversation about one of the caller's projects and return its id.
     *
     * @throws `INVALID_ARGUMENT`: the title is none.
     * @throws `LIMIT_REACHED`: there are too many.
     */
    create: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; title?: string },
      Id<"conversations">
    >;
    /**
     * Return a conversation about one of the caller's projects.
     */
    getById: FunctionReference<
      "query",
      "public",
      { id: Id<"conversations"> },
      Doc<"conversations">
    >;
    /**
     * Return the conversations about one of the caller's projects, last begun first.
     */
    getByProject: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects"> },
      Array<Doc<"conversations">>
    >;
    /**
     * Return the messages of a conversation about one of the caller's projects, oldest first.
     */
    getMessages: FunctionReference<
      "query",
      "public",
      { conversationId: Id<"conversations"> },
      Array<Doc<"messages">>
    >;
    /**
     * Return a page of what `getMessages` returns, newest first.
     */
    getMessagesPaginated: FunctionReference<
      "query",
      "public",
      { conversationId: Id<"conversations">; paginationOpts: PaginationOptions },
      PaginationResult<Doc<"messages">>
    >;
  };
  files: {
    /**
     * Return where to PUT an object of `size` bytes (at most 5 GiB) and SHA-256 `sha256` (base64), and how.
     *
     * @throws `INVALID_ARGUMENT`: there can be no such object.
     * @throws `LIMIT_REACHED`: the caller's uploads come to too much.
     */
    beginLargeUpload: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; size: number; contentType: string; sha256: string },
      { uploadUrl: string; uploadId: string; headers: Record<string, string> }
    >;
    /**
     * Create a file or folder in one of the caller's projects and return its id; errors as of `createFile`.
     *
     * Without a `parentId` the folders of `path`, which ends in the name, are made as needed.
     */
    create: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        name: string;
        type?: "file" | "folder";
        content?: string;
        parentId?: Id<"files">;
        path?: string;
        language?: string;
      },
      Id<"files">
    >;
    /**
     * Create a text file in one of the caller's projects and return its id.
     *
     * @throws `INVALID_ARGUMENT`: nothing may be called that, or the parent is a file.
     * @throws `NOT_FOUND`: there is no such folder in the project.
     * @throws `CONFLICT`: another entry of the folder has that name.
     */
    createFile: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files">; name: string; content: string },
      Id<"files">
    >;
    /**
     * Create a folder in one of the caller's projects and return its id; errors as of `createFile`.
     */
    createFolder: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files">; name: string },
      Id<"files">
    >;
    /**
     * Delete a file or folder of the caller's with everything below it, which cannot be reached from then on.
     */
    deleteFile: FunctionReference<
      "mutation",
      "public",
      { id: Id<"files"> },
      null
    >;
    /**
     * Return the storage id of a large object that the caller has uploaded.
     *
     * @throws `INVALID_ARGUMENT`: the upload is not the caller's, has expired, or stored something else than was announced.
     * @throws `NOT_FOUND`: nothing has been uploaded yet.
     */
    finishLargeUpload: FunctionReference<
      "mutation",
      "public",
      { uploadId: string },
      Id<"_storage">
    >;
    /**
     * Return a URL to which one object of up to 4.5 MB can be posted, for a file of one of the caller's projects.
     */
    generateUploadUrl: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      string
    >;
    /**
     * Return where the object of a binary file of the caller's is served, or null: it is none.
     */
    getDownloadUrl: FunctionReference<
      "query",
      "public",
      { id: Id<"files"> },
      string | null
    >;
    /**
     * Return a file or folder of one of the caller's projects.
     */
    getFile: FunctionReference<
      "query",
      "public",
      { id: Id<"files"> },
      Doc<"files">
    >;
    /**
     * Return the folders above a file of the caller's, from the root down, and the file itself.
     */
    getFilePath: FunctionReference<
      "query",
      "public",
      { id: Id<"files"> },
      Array<{ _id: Id<"files">; name: string }>
    >;
    /**
     * Return all files and folders of one of the caller's projects with their contents, parents before children.
     */
    getFiles: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects"> },
      Array<Doc<"files">>
    >;
    /**
     * Return what `getFolderContents` does; another spelling that clients use.
     */
    getFolderContent: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files"> },
      Array<Doc<"files">>
    >;
    /**
     * Return what is in a folder (by default the root) of one of the caller's projects: folders first, by name.
     *
     * Large contents are left out.
     */
    getFolderContents: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files"> },
      Array<Doc<"files">>
    >;
    /**
     * Return what `getFiles` does, or nothing at all unless the project is the caller's.
     */
    list: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects"> },
      Array<Doc<"files">>
    >;
    /**
     * Give a file or folder of the caller's another name.
     *
     * @throws `INVALID_ARGUMENT`: nothing may be called that.
     * @throws `CONFLICT`: another entry of its folder is.
     */
    renameFile: FunctionReference<
      "mutation",
      "public",
      { id: Id<"files">; newName: string },
      null
    >;
    /**
     * Replace the content of a file of the caller's, if it is still that of `expectedUpdatedAt` where given.
     *
     * @throws `INVALID_ARGUMENT`: it is a folder.
     * @throws `CONFLICT`: it has changed since.
     */
    updateFile: FunctionReference<
      "mutation",
      "public",
      { id: Id<"files">; content: string; expectedUpdatedAt?: number },
      null
    >;
    /**
     * Make an object that the caller has uploaded a file of one of their projects, new or not, and return its id.
     *
     * @throws `NOT_FOUND`: there is no such object, or no such folder in the project.
     * @throws `FORBIDDEN`: somebody else has uploaded it.
     * @throws `CONFLICT`: there is a folder of that name.
     */
    uploadFile: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files">; name: string; storageId: Id<"_storage"> },
      Id<"files">
    >;
    /**
     * Write a text file of one of the caller's projects, new or not, and return its id.
     *
     * @throws `INVALID_ARGUMENT`: nothing may be called that, or the parent is a file.
     * @throws `NOT_FOUND`: there is no such folder in the project.
     * @throws `CONFLICT`: there is a folder of that name.
     */
    writeFile: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files">; name: string; content: string },
      Id<"files">
    >;
  };
  github: {
    /**
     * Stop the export of one of the caller's projects, and return its job's id, or null: none is running.
     */
    cancelExport: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      string | null
    >;
    /**
     * Stop the import into one of the caller's projects, and return its job's id, or null: none is running.
     */
    cancelImport: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      string | null
    >;
    /**
     * Forget how the last export of one of the caller's projects ended, and where it went.
     *
     * @throws `CONFLICT`: the project is being exported.
     */
    resetExport: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      null
    >;
  };
  messages: {
    /**
     * Stop the assistant in one of the caller's projects, and return the messages that this cancels: one at most.
     */
    cancel: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      Array<Id<"messages">>
    >;
    /**
     * Stop the assistant from writing a message; one that is finished stays as it is.
     */
    cancelMessage: FunctionReference<
      "mutation",
      "public",
      { messageId: Id<"messages"> },
      null
    >;
    /**
     * Say something in one of the caller's conversations, and let the assistant answer.
     *
     * A message of the project that is still being answered is cancelled, or this one is refused: the deployment's
     * setting `conflict_policy` says which.
     *
     * @throws `INVALID_ARGUMENT`: nothing is said.
     * @throws `CONFLICT`: another message of the project is being answered, and the deployment refuses a second one.
     */
    send: FunctionReference<
      "mutation",
      "public",
      { conversationId: Id<"conversations">; message: string },
      {
        userMessageId: Id<"messages">;
        messageId: Id<"messages">;
        cancelledIds: Array<Id<"messages">>;
      }
    >;
  };
  projects: {
    /**
     * Stop the generation of one of the caller's projects, and return its job's id, or null: none is running.
     */
    cancelGeneration: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects"> },
      string | null
    >;
    /**
     * Create a project and return its id; with a `language` it begins with a folder `src`.
     *
     * @throws `INVALID_ARGUMENT`: the name is no title.
     * @throws `LIMIT_REACHED`: the caller's plan does not allow another project.
     */
    create: FunctionReference<
      "mutation",
      "public",
      { name: string; description?: string; language?: string; isPublic?: boolean },
      Id<"projects">
    >;
    /**
     * Create a project with a name of three words, and let the assistant begin with what the prompt says.
     *
     * @throws `INVALID_ARGUMENT`: the prompt says nothing.
     * @throws `LIMIT_REACHED`: the caller's plan does not allow another project.
     */
    createWithPrompt: FunctionReference<
      "mutation",
      "public",
      { prompt: string },
      Id<"projects">
    >;
    /**
     * Delete one of the caller's projects: out of reach at once, and everything in it soon after.
     */
    deleteProject: FunctionReference<
      "mutation",
      "public",
      { id: Id<"projects"> },
      null
    >;
    /**
     * Create a project and let the assistant write all of it, from a description of 10 characters or more.
     *
     * @throws `INVALID_ARGUMENT`: the description is too short or too long, or the name is no title.
     * @throws `LIMIT_REACHED`: the caller's plan does not allow another project.
     */
    generate: FunctionReference<
      "mutation",
      "public",
      { description: string; projectName?: string },
      { projectId: Id<"projects">; jobId: string }
    >;
    /**
     * Return the caller's projects, newest first; with an `id`, that project, or null unless it is the caller's.
     */
    get: FunctionReference<
      "query",
      "public",
      {},
      Array<Doc<"projects">>
    >;
    /**
     * Return one of the caller's projects.
     */
    getById: FunctionReference<
      "query",
      "public",
      { id: Id<"projects"> },
      Doc<"projects">
    >;
    /**
     * Return the newest `limit` (at most 1000) steps of a project's generation, oldest first.
     */
    getGenerationEvents: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; limit?: number },
      Array<Doc<"generationEvents">>
    >;
    /**
     * Return a page of the steps of a project's generation, newest first.
     */
    getGenerationEventsPaginated: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; paginationOpts: PaginationOptions },
      PaginationResult<Doc<"generationEvents">>
    >;
    /**
     * Return the first `limit` (at most 100) of the caller's projects, newest first.
     */
    getPartial: FunctionReference<
      "query",
      "public",
      { limit: number },
      Array<Doc<"projects">>
    >;
    /**
     * Give one of the caller's projects another name.
     *
     * @throws `INVALID_ARGUMENT`: the name is no title.
     */
    rename: FunctionReference<
      "mutation",
      "public",
      { id: Id<"projects">; name: string },
      null
    >;
    /**
     * Replace the settings of one of the caller's projects; a command that is absent is cleared.
     */
    updateSettings: FunctionReference<
      "mutation",
      "public",
      { id: Id<"projects">; settings: { installCommand?: string; devCommand?: string } },
      null
    >;
  };
  system: {
    /**
     * Record a step in the generation of a project.
     *
     * @throws `NOT_FOUND`: there is no such project.
     */
    appendGenerationEvent: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        type: "step" | "file" | "info" | "error";
        message: string;
        filePath?: string;
        preview?: string;
        internalKey: string;
      },
      null
    >;
    /**
     * Note that the assistant calls a tool; a call that is already noted stays as it is.
     */
    appendToolCall: FunctionReference<
      "mutation",
      "public",
      {
        messageId: Id<"messages">;
        toolCall: { id: string; name: string; args: any; result?: any };
        internalKey: string;
      },
      null
    >;
    /**
     * Note the result of a tool call; a call that is not noted is ignored.
     */
    appendToolResult: FunctionReference<
      "mutation",
      "public",
      { messageId: Id<"messages">; toolCallId: string; result: any; internalKey: string },
      null
    >;
    /**
     * Add what a user says to a conversation of theirs, and let the assistant write the answer.
     *
     * @throws `NOT_FOUND`: there is no such conversation.
     * @throws `FORBIDDEN`: it is not the owner's.
     * @throws `INVALID_ARGUMENT`: nothing is said.
     * @throws `CONFLICT`: another message of the project is being processed, and the policy is `reject`.
     */
    beginAssistantTurn: FunctionReference<
      "mutation",
      "public",
      {
        conversationId: Id<"conversations">;
        ownerId: string;
        content: string;
        policy?: "replace" | "reject";
        internalKey: string;
      },
      {
        userMessageId: Id<"messages">;
        messageId: Id<"messages">;
        cancelledIds: Array<Id<"messages">>;
      }
    >;
    /**
     * Cancel a message that is being processed, keeping what has been written of it.
     */
    cancelMessage: FunctionReference<
      "mutation",
      "public",
      { messageId: Id<"messages">; internalKey: string },
      null
    >;
    /**
     * Begin a job that the caller runs, and tell whether it is theirs: no other of this kind runs in the project.
     *
     * @throws `NOT_FOUND`: there is no such project.
     */
    claimJob: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        kind: "process-message" | "import-github-repo" | "export-to-github" | "generate-project";
        jobId: string;
        internalKey: string;
      },
      boolean
    >;
    /**
     * Delete all files and folders of a project.
     */
    cleanup: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      { deleted: number }
    >;
    /**
     * Create a file that holds an uploaded object and return its id; errors as of `files:createFile`.
     *
     * @throws `NOT_FOUND`: there is no such object.
     */
    createBinaryFile: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        parentId?: Id<"files">;
        name: string;
        storageId: Id<"_storage">;
        internalKey: string;
      },
      Id<"files">
    >;
    /**
     * Create a text file and return its id; errors as of `files:createFile`.
     */
    createFile: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        parentId?: Id<"files">;
        name: string;
        content: string;
        internalKey: string;
      },
      Id<"files">
    >;
    /**
     * Create text files in one folder; for a name that is taken, the answer has an `error` and the holder's id.
     *
     * @throws `INVALID_ARGUMENT`: nothing may be called one of the names, or the parent is a file; nothing is created.
     * @throws `NOT_FOUND`: there is no such folder in the project.
     */
    createFiles: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        parentId?: Id<"files">;
        files: Array<{ name: string; content: string }>;
        internalKey: string;
      },
      Array<{ name: string; fileId: Id<"files">; error?: string }>
    >;
    /**
     * Create a folder and return its id; errors as of `files:createFolder`.
     */
    createFolder: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; parentId?: Id<"files">; name: string; internalKey: string },
      Id<"files">
    >;
    /**
     * Add a message to a conversation of a project and return its id.
     *
     * @throws `NOT_FOUND`: there is no such conversation in this project.
     * @throws `CONFLICT`: it is to be processed while another message of the project is.
     */
    createMessage: FunctionReference<
      "mutation",
      "public",
      {
        conversationId: Id<"conversations">;
        projectId: Id<"projects">;
        role: "user" | "assistant";
        content: string;
        status?: "processing" | "completed" | "cancelled" | "failed";
        internalKey: string;
      },
      Id<"messages">
    >;
    /**
     * Create a project that is about to be imported, and return its id.
     *
     * @throws `INVALID_ARGUMENT`: the name is no title.
     * @throws `LIMIT_REACHED`: the owner's plan does not allow another project.
     */
    createProject: FunctionReference<
      "mutation",
      "public",
      { name: string; ownerId: string; internalKey: string },
      Id<"projects">
    >;
    /**
     * Create a project together with its first conversation.
     *
     * @throws `INVALID_ARGUMENT`: the name or the title is none.
     * @throws `LIMIT_REACHED`: the owner's plan does not allow another project.
     */
    createProjectWithConversation: FunctionReference<
      "mutation",
      "public",
      { projectName: string; conversationTitle: string; ownerId: string; internalKey: string },
      { projectId: Id<"projects">; conversationId: Id<"conversations"> }
    >;
    /**
     * Delete a file or folder with everything below it, and return its id.
     */
    deleteFile: FunctionReference<
      "mutation",
      "public",
      { fileId: Id<"files">; internalKey: string },
      Id<"files">
    >;
    /**
     * Delete what stands at a path, with everything below it.
     *
     * @throws `NOT_FOUND`: nothing does.
     */
    deleteFileByPath: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; path: string; internalKey: string },
      null
    >;
    /**
     * Remove for ten seconds what was in a deleted project; call again with the `cursor` until it is `done`.
     *
     * Nothing is removed of a project that is not being deleted.
     */
    deleteProjectBatch: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        cursor?: "files" | "conversations" | "events" | "jobs";
        internalKey: string;
      },
      {
        done: boolean;
        cursor?: "files" | "conversations" | "events" | "jobs";
        files: number;
        rows: number;
      }
    >;
    /**
     * End a running job and tell whether it was running; one that has ended stays as it is.
     *
     * `error` and `cause` are Step Functions' name and text of what went wrong.
     */
    finishJob: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        kind: "process-message" | "import-github-repo" | "export-to-github" | "generate-project";
        jobId: string;
        status?: "running" | "completed" | "failed" | "cancelled";
        repoUrl?: string;
        error?: string;
        cause?: string;
        internalKey: string;
      },
      boolean
    >;
    /**
     * Return a URL to which one object of up to 4.5 MB can be posted.
     */
    generateUploadUrl: FunctionReference<
      "mutation",
      "public",
      { internalKey: string },
      string
    >;
    /**
     * Return all files and folders of a project by their paths, with their contents, parents before children.
     */
    getAllProjectFiles: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<{
        path: string;
        type: "file" | "folder";
        content?: string;
        storageId?: Id<"_storage">;
        storageUrl?: string;
      }>
    >;
    /**
     * Return a conversation, or null.
     */
    getConversationById: FunctionReference<
      "query",
      "public",
      { conversationId: Id<"conversations">; internalKey: string },
      Doc<"conversations"> | null
    >;
    /**
     * Return a file or folder, or null: it is not there, or not in the project where one is given.
     */
    getFileById: FunctionReference<
      "query",
      "public",
      { fileId: Id<"files">; projectId?: Id<"projects">; internalKey: string },
      Doc<"files"> | null
    >;
    /**
     * Return a message, or null.
     */
    getMessageById: FunctionReference<
      "query",
      "public",
      { messageId: Id<"messages">; internalKey: string },
      Doc<"messages"> | null
    >;
    /**
     * Return what an assistant reads before it writes a message: the turns before it, oldest first.
     *
     * @throws `NOT_FOUND`: the message or its conversation does not exist.
     */
    getMessageContext: FunctionReference<
      "query",
      "public",
      { messageId: Id<"messages">; internalKey: string },
      {
        projectId: Id<"projects">;
        conversationId: Id<"conversations">;
        messages: Array<{ role: "user" | "assistant"; content: string }>;
      }
    >;
    /**
     * Return what `getProcessingMessages` returns; a misspelling that some frontends use.
     */
    getProccessingMessages: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<Doc<"messages">>
    >;
    /**
     * Return the messages of a project that are being processed: one at most.
     */
    getProcessingMessages: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<Doc<"messages">>
    >;
    /**
     * Return a project, or null.
     */
    getProjectById: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Doc<"projects"> | null
    >;
    /**
     * Return all files and folders of a project without their contents, parents before children.
     */
    getProjectEntries: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<{
        id: Id<"files">;
        parentId?: Id<"files">;
        path: string;
        name: string;
        type: "file" | "folder";
      }>
    >;
    /**
     * Return all files and folders of a project with their contents, parents before children.
     */
    getProjectFiles: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<Doc<"files">>
    >;
    /**
     * Return what `getProjectFiles` does, each with a `storageUrl`: where its binary object is served, or null.
     */
    getProjectFilesWithUrls: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      Array<{
        _id: Id<"files">;
        _creationTime: number;
        projectId: Id<"projects">;
        parentId?: Id<"files">;
        name: string;
        type: "file" | "folder";
        content?: string;
        storageId?: Id<"_storage">;
        updatedAt: number;
        storageUrl: string | null;
      }>
    >;
    /**
     * Return the paths of a project's files, sorted, one on each line.
     */
    getProjectStructure: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; internalKey: string },
      string
    >;
    /**
     * Return the last `limit` (at most 1000) messages of a conversation, oldest first.
     */
    getRecentMessages: FunctionReference<
      "query",
      "public",
      { conversationId: Id<"conversations">; limit?: number; internalKey: string },
      Array<Doc<"messages">>
    >;
    /**
     * Write files and folders by their paths for a job that runs in the project, replacing what is there.
     *
     * An entry that cannot be written is `failed`, and the others are written.
     *
     * @throws `NOT_FOUND`: there is no such project, or the job is another's.
     * @throws `JOB_ENDED`: the job does not run.
     */
    importBatch: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        jobId: string;
        entries: Array<{ path: string; type?: "file" | "folder"; content?: string; storageId?: Id<"_storage"> }>;
        internalKey: string;
      },
      { created: number; updated: number; failed: Array<{ path: string; error: string }> }
    >;
    /**
     * Return what is in the folder at a path ("" is the root), folders first, by name; nothing if there is none.
     */
    listFilesByPath: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; path: string; internalKey: string },
      Array<{ name: string; type: "file" | "folder" }>
    >;
    /**
     * Return the file at a path, or null: there is none.
     */
    readFileByPath: FunctionReference<
      "query",
      "public",
      { projectId: Id<"projects">; path: string; internalKey: string },
      { name: string; content?: string } | null
    >;
    /**
     * Fail jobs whose time is up, or that run for longer than `olderThanMs`: 200 at most, the most overdue first.
     */
    reapStaleJobs: FunctionReference<
      "mutation",
      "public",
      { olderThanMs?: number; internalKey: string },
      { messages: number; imports: number; exports: number; generations: number }
    >;
    /**
     * Give a file or folder another name and return its id.
     *
     * @throws `INVALID_ARGUMENT`: nothing may be called that.
     * @throws `CONFLICT`: another entry of its folder is.
     */
    renameFile: FunctionReference<
      "mutation",
      "public",
      { fileId: Id<"files">; newName: string; internalKey: string },
      Id<"files">
    >;
    /**
     * Export a project to a repository of its owner's, and return the job's id.
     *
     * @throws `NOT_FOUND`: there is no such project.
     * @throws `FORBIDDEN`: it is not the owner's.
     * @throws `INVALID_ARGUMENT`: no repository is called that, or a text is too long.
     * @throws `CONFLICT`: the project is being exported.
     */
    startExport: FunctionReference<
      "mutation",
      "public",
      {
        ownerId: string;
        projectId: Id<"projects">;
        export: {
          mode: "create" | "push";
          repoName?: string;
          owner?: string;
          repo?: string;
          private?: boolean;
          description?: string;
          commitMessage?: string;
          createIfMissing?: boolean;
        };
        githubToken: string;
        internalKey: string;
      },
      string
    >;
    /**
     * Create a project and import a repository into it.
     *
     * @throws `INVALID_ARGUMENT`: the name is no title, or no repository is called that.
     * @throws `LIMIT_REACHED`: the owner's plan does not allow another project.
     */
    startImport: FunctionReference<
      "mutation",
      "public",
      {
        ownerId: string;
        name: string;
        owner: string;
        repo: string;
        githubToken: string;
        internalKey: string;
      },
      { projectId: Id<"projects">; jobId: string }
    >;
    /**
     * Set the text written so far of a message that is being processed; one that is not stays as it is.
     */
    streamMessageContent: FunctionReference<
      "mutation",
      "public",
      { messageId: Id<"messages">; content: string; isComplete?: boolean; internalKey: string },
      null
    >;
    /**
     * Go on with at most `limit` deletions of large folders and of projects that were interrupted.
     */
    sweepDeletions: FunctionReference<
      "mutation",
      "public",
      { limit?: number; internalKey: string },
      { finished: number; remaining: number }
    >;
    /**
     * Let a user's subscription be the paid `plan`, or without one the free plan; tell whether that changes it.
     *
     * A user that is not there yet is made, with the `email`. A trial that was begun with `users:startTrial` goes on.
     *
     * @throws `CONFLICT`: another user is that customer of Autumn's.
     */
    syncSubscription: FunctionReference<
      "mutation",
      "public",
      {
        stackUserId: string;
        plan?: {
          customerId: string;
          productId: string;
          tier: "free" | "pro_monthly" | "pro_yearly";
          status: "free" | "trialing" | "active" | "paused" | "canceled" | "past_due";
          trialEndsAt?: number;
        };
        email?: string;
        internalKey: string;
      },
      boolean
    >;
    /**
     * Give a conversation another title; where `expectedTitle` is given, only if it still has that one.
     *
     * @throws `NOT_FOUND`: there is no such conversation.
     * @throws `INVALID_ARGUMENT`: the title is none.
     */
    updateConversationTitle: FunctionReference<
      "mutation",
      "public",
      {
        conversationId: Id<"conversations">;
        title: string;
        expectedTitle?: string;
        internalKey: string;
      },
      null
    >;
    /**
     * Set how far a project's export is; without a `status`, there is none, and the repository's URL is cleared.
     *
     * With a status but no `repoUrl`, the URL of the last export stays.
     */
    updateExportStatus: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        status?: "exporting" | "completed" | "failed" | "cancelled";
        repoUrl?: string;
        internalKey: string;
      },
      null
    >;
    /**
     * Replace the content of a file and return its id.
     *
     * @throws `INVALID_ARGUMENT`: it is a folder.
     */
    updateFile: FunctionReference<
      "mutation",
      "public",
      { fileId: Id<"files">; content: string; internalKey: string },
      Id<"files">
    >;
    /**
     * Set how far a project's import is; without a `status`, there is none.
     */
    updateImportStatus: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        status?: "importing" | "completed" | "failed";
        internalKey: string;
      },
      null
    >;
    /**
     * Finish a message that is being processed; one that is not stays as it is.
     */
    updateMessageContent: FunctionReference<
      "mutation",
      "public",
      {
        messageId: Id<"messages">;
        content: string;
        status?: "completed" | "failed";
        internalKey: string;
      },
      null
    >;
    /**
     * Set the status of a message that is being processed; one that is not stays as it is.
     */
    updateMessageStatus: FunctionReference<
      "mutation",
      "public",
      {
        messageId: Id<"messages">;
        status?: "processing" | "completed" | "cancelled" | "failed";
        internalKey: string;
      },
      null
    >;
    /**
     * Note which run of a job works on a message.
     */
    updateMessageTriggerRunId: FunctionReference<
      "mutation",
      "public",
      { messageId: Id<"messages">; triggerRunId: string; internalKey: string },
      null
    >;
    /**
     * Set how far a project's export is, and where it went.
     */
    updateProjectExportStatus: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        status: "exporting" | "completed" | "failed" | "cancelled";
        repoUrl?: string;
        internalKey: string;
      },
      null
    >;
    /**
     * Set how far a project's import is.
     */
    updateProjectImportStatus: FunctionReference<
      "mutation",
      "public",
      {
        projectId: Id<"projects">;
        status: "importing" | "completed" | "failed";
        internalKey: string;
      },
      null
    >;
    /**
     * Write the text file at a path, making the folders above it as needed, and return its id.
     *
     * @throws `INVALID_ARGUMENT`: it is no path of a file.
     * @throws `CONFLICT`: there is a file where a folder should be, or the reverse.
     */
    writeFileByPath: FunctionReference<
      "mutation",
      "public",
      { projectId: Id<"projects">; path: string; content: string; internalKey: string },
      Id<"files">
    >;
  };
  users: {
    /**
     * End the caller's trial and put them back on the free plan.
     *
     * @throws `NOT_FOUND`: the caller has no user yet.
     * @throws `CONFLICT`: they are not in a trial.
     */
    cancelTrial: FunctionReference<
      "mutation",
      "public",
      {},
      { success: boolean }
    >;
    /**
     * Return what the billing page shows of the caller, or null before `getOrCreateUser`.
     */
    getBillingStatus: FunctionReference<
      "query",
      "public",
      {},
      {
        subscriptionStatus?: "free" | "trialing" | "active" | "paused" | "canceled" | "past_due";
        subscriptionTier?: "free" | "pro_monthly" | "pro_yearly";
        trialEndsAt?: number;
        trialDaysRemaining: number;
        projectLimit: number;
        projectCount: number;
        remainingProjects: number | "unlimited";
        autumnCustomerId?: string;
        createdAt: number;
      } | null
    >;
    /**
     * Return the caller's user as it was before this call, or a new one on the free plan.
     */
    getOrCreateUser: FunctionReference<
      "mutation",
      "public",
      {},
      Doc<"users">
    >;
    /**
     * Return how many projects the caller owns.
     */
    getProjectCount: FunctionReference<
      "query",
      "public",
      {},
      number
    >;
    /**
     * Return the caller's user and what their subscription allows now, or null before `getOrCreateUser`.
     */
    getSubscription: FunctionReference<
      "query",
      "public",
      {},
      {
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
        trialDaysRemaining: number;
        isInTrial: boolean;
        isPro: boolean;
        isFree: boolean;
        canCreateProject: boolean;
      } | null
    >;
    /**
     * Return the user who is this customer of Autumn's, or null.
     */
    getUserByAutumnCustomerId: FunctionReference<
      "query",
      "public",
      { autumnCustomerId: string; internalKey: string },
      Doc<"users"> | null
    >;
    /**
     * Return the user who signs in as `stackUserId`, or null; for the user themselves or with the internal key.
     */
    getUserByStackUserId: FunctionReference<
      "query",
      "public",
      { stackUserId: string; internalKey?: string },
      Doc<"users"> | null
    >;
    /**
     * Start the caller's only trial: a week of `tier`, with any number of projects.
     *
     * @throws `NOT_FOUND`: the caller has no user yet.
     * @throws `CONFLICT`: they have a subscription or trial, or have had a trial.
     */
    startTrial: FunctionReference<
      "mutation",
      "public",
      { tier: "pro_monthly" | "pro_yearly" },
      { success: boolean; trialEndsAt: number }
    >;
    /**
     * Set a user's email address, making the user if there is none.
     */
    syncUserFromClerk: FunctionReference<
      "mutation",
      "public",
      { stackUserId: string; email: string; internalKey: string },
      { created: boolean }
    >;
    /**
     * Change the given fields of a user's subscription and return the user; null clears a field.
     *
     * @throws `NOT_FOUND`: there is no such user.
     * @throws `CONFLICT`: another user is that Autumn customer.
     */
    updateSubscription: FunctionReference<
      "mutation",
      "public",
      {
        stackUserId: string;
        autumnCustomerId?: string | null;
        subscriptionStatus?: "free" | "trialing" | "active" | "paused" | "canceled" | "past_due" | null;
        subscriptionTier?: "free" | "pro_monthly" | "pro_yearly" | null;
        subscriptionPlanId?: string | null;
        trialEndsAt?: number | null;
        projectLimit?: number | null;
        internalKey: string;
      },
      Doc<"users">
    >;
  };
};
