// What the editor of a project does with its files and its conversation.

import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Doc, Id } from "../convex/_generated/dataModel";

export function Explorer({ projectId, parentId }: { projectId: Id<"projects">; parentId?: Id<"files"> }) {
  const place = { projectId, parentId };
  const entries = useQuery(api.files.getFolderContents, place);
  const createFile = useMutation(api.files.createFile);
  const createFolder = useMutation(api.files.createFolder);
  const remove = useMutation(api.files.deleteFile);
  return (
    <>
      {entries?.map((entry) => (
        <button key={entry._id} onClick={() => void remove({ id: entry._id })}>
          {entry.type === "folder" ? `${entry.name}/` : entry.name}
        </button>
      ))}
      <button onClick={() => void createFile({ ...place, name: "main.ts", content: "" })} />
      <button onClick={() => void createFolder({ ...place, name: "src" })} />
    </>
  );
}

export function Breadcrumbs({ id, open }: { id: Id<"files">; open: (id: Id<"files">) => void }) {
  const path = useQuery(api.files.getFilePath, { id });
  return path?.map((part) => (
    <a key={part._id} onClick={() => open(part._id)}>
      {part.name}
    </a>
  ));
}

export function Editor({ id }: { id: Id<"files"> | null }) {
  const file: Doc<"files"> | undefined = useQuery(api.files.getFile, id === null ? "skip" : { id });
  const url: string | null | undefined = useQuery(api.files.getDownloadUrl, id === null ? "skip" : { id });
  const save = useMutation(api.files.updateFile);
  if (file === undefined) return null;
  if (file.storageId !== undefined) return url && <img src={url} />;
  return (
    <textarea
      value={file.content ?? ""}
      onChange={({ target }) => void save({ id: file._id, content: target.value, expectedUpdatedAt: file.updatedAt })}
    />
  );
}

export function useUpload(projectId: Id<"projects">) {
  const generateUploadUrl = useMutation(api.files.generateUploadUrl);
  const uploadFile = useMutation(api.files.uploadFile);
  return async (file: File): Promise<Id<"files">> => {
    const posted = await fetch(await generateUploadUrl({ projectId }), { method: "POST", body: file });
    const { storageId } = (await posted.json()) as { storageId: Id<"_storage"> };
    return uploadFile({ projectId, name: file.name, storageId });
  };
}

export function Conversation({ projectId }: { projectId: Id<"projects"> }) {
  const [latest] = useQuery(api.conversations.getByProject, { projectId }) ?? [];
  const begin = useMutation(api.conversations.create);
  const { results } = usePaginatedQuery(
    api.conversations.getMessagesPaginated,
    latest ? { conversationId: latest._id } : "skip",
    { initialNumItems: 50 },
  );
  return (
    <>
      <button onClick={() => void begin({ projectId })} />
      {results.map((message: Doc<"messages">) => (
        <p key={message._id} className={message.role}>
          {message.status === "processing" ? "…" : message.content}
          {message.toolCalls?.map((call) => (
            <code key={call.id}>{call.name}</code>
          ))}
        </p>
      ))}
    </>
  );
}
