// A page with the transport: a file that is edited, and a list that somebody else may change meanwhile.
import { ConvexProvider, ConvexReactClient, useMutation, useQuery } from "convex/react";
import { anyApi as api } from "convex/server";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { transport } from "../../../../client/src/index.ts";

const { url, token, projectId, fileId } = Object.fromEntries(new URLSearchParams(location.search));

function Editor() {
  const file = useQuery(api.files.getFile, { id: fileId });
  const files = useQuery(api.files.getFiles, { projectId });
  const [outcome, setOutcome] = useState("");
  const save = useMutation(api.files.updateFile).withOptimisticUpdate((store, { id, content }) => {
    store.setQuery(api.files.getFile, { id }, { ...store.getQuery(api.files.getFile, { id }), content });
  });
  window.save = (content) => {
    setOutcome("saving");
    save({ id: fileId, content }).then(() => setOutcome("saved"), (error) => setOutcome(error.message));
  };
  window.file = file;
  return (
    <>
      <output>{outcome}</output>
      <p id="size">{file?.content?.length}</p>
      <ul>{files?.map(({ _id, name }) => <li key={_id}>{name}</li>)}</ul>
    </>
  );
}

const convex = new ConvexReactClient(url, { webSocketConstructor: transport() });
window.convex = convex;
convex.setAuth(async () => token);
createRoot(document.getElementById("root")).render(
  <ConvexProvider client={convex}>
    <Editor />
  </ConvexProvider>,
);
