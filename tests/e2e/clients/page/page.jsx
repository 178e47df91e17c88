// A page as the app's own are: a list that everybody sees change, and rows that are shown before they are stored.
import { ConvexProvider, ConvexReactClient, useMutation, useQuery } from "convex/react";
import { anyApi as api } from "convex/server";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const { url, token, projectId } = Object.fromEntries(new URLSearchParams(location.search));

function Files() {
  const files = useQuery(api.files.getFolderContents, { projectId });
  const [failure, setFailure] = useState("");
  const create = useMutation(api.files.createFile).withOptimisticUpdate((store, { name }) => {
    const shown = store.getQuery(api.files.getFolderContents, { projectId });
    store.setQuery(api.files.getFolderContents, { projectId }, [...shown, { _id: `optimistic-${name}`, name }]);
  });
  const submit = (event) => {
    event.preventDefault();
    setFailure("");
    create({ projectId, name: event.target.elements.name.value, content: "" }).catch((error) => setFailure(error.data.code));
  };
  if (files === undefined) return <p>Loading</p>;
  seen(files.map(({ _id, name }) => ({ id: _id, name })));
  return (
    <>
      <ul>{files.map((file) => <li key={file._id} id={file._id}>{file.name}</li>)}</ul>
      <form onSubmit={submit}>
        <input name="name" />
        <button>Create</button>
      </form>
      <output>{failure}</output>
    </>
  );
}

/** Keep what was rendered, for the test. */
function seen(files) {
  (window.renders ??= []).push(files);
}

const convex = new ConvexReactClient(url);
convex.setAuth(async () => token);
createRoot(document.getElementById("root")).render(
  <ConvexProvider client={convex}>
    <Files />
  </ConvexProvider>,
);
