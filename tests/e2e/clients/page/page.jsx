// A page as the app's own are: lists that everybody sees change, and rows that are shown before they are stored.
import { ConvexProvider, ConvexReactClient, insertAtTop, useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { anyApi as api } from "convex/server";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const { url, token, projectId, conversationId, internalKey } = Object.fromEntries(new URLSearchParams(location.search));
const PAGE = 3;

function Files() {
  const files = useQuery(api.files.getFolderContents, { projectId });
  const create = useMutation(api.files.createFile).withOptimisticUpdate((store, { name }) => {
    const shown = store.getQuery(api.files.getFolderContents, { projectId });
    store.setQuery(api.files.getFolderContents, { projectId }, [...shown, { _id: `optimistic-${name}`, name }]);
  });
  if (files === undefined) return <p>Loading</p>;
  return <List id="files" rows={files.map(({ _id, name }) => ({ _id, text: name }))} add={(name) => create({ projectId, name, content: "" })} />;
}

function Messages() {
  const { results, status, loadMore } = usePaginatedQuery(api.conversations.getMessagesPaginated, { conversationId }, { initialNumItems: PAGE });
  const [isAssistant, setAssistant] = useState(false);
  const create = useMutation(api.system.createMessage).withOptimisticUpdate((localQueryStore, { content }) => {
    const item = { _id: `optimistic-${content}`, content };
    insertAtTop({ paginatedQuery: api.conversations.getMessagesPaginated, argsToMatch: { conversationId }, localQueryStore, item });
  });
  const says = isAssistant ? { role: "assistant", status: "processing" } : { role: "user" };
  return (
    <>
      <List
        id="messages"
        rows={results.map(({ _id, content }) => ({ _id, text: content }))}
        add={(content) => create({ internalKey, projectId, conversationId, content, ...says })}
      />
      <label><input id="assistant" type="checkbox" checked={isAssistant} onChange={() => setAssistant(!isAssistant)} />Assistant</label>
      <button id="more" disabled={status !== "CanLoadMore"} onClick={() => loadMore(PAGE)}>{status}</button>
    </>
  );
}

function List({ id, rows, add }) {
  const [failure, setFailure] = useState("");
  const submit = (event) => {
    event.preventDefault();
    setFailure("");
    add(event.target.elements.text.value).catch((error) => setFailure(error.data.code));
  };
  return (
    <section id={id}>
      <ul>{rows.map((row) => <li key={row._id} id={row._id}>{row.text}</li>)}</ul>
      <form onSubmit={submit}>
        <input name="text" />
        <button>Add</button>
      </form>
      <output>{failure}</output>
    </section>
  );
}

const convex = new ConvexReactClient(url);
convex.setAuth(async () => token);
createRoot(document.getElementById("root")).render(
  <ConvexProvider client={convex}>
    <Files />
    <Messages />
  </ConvexProvider>,
);
