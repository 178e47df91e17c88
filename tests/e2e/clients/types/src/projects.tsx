// What the start page of the editor does with projects.

import { useMutation, usePaginatedQuery, useQuery } from "convex/react";
import { api } from "../convex/_generated/api";
import type { Doc, Id } from "../convex/_generated/dataModel";

export function useProjects(): Doc<"projects">[] | undefined {
  return useQuery(api.projects.get);
}

export function useCreateProject() {
  return useMutation(api.projects.create).withOptimisticUpdate((store, { name }) => {
    const shown = store.getQuery(api.projects.get);
    if (shown === undefined) return;
    const now = Date.now();
    const created: Doc<"projects"> = {
      _id: crypto.randomUUID() as Id<"projects">,
      _creationTime: now,
      name,
      ownerId: "anonymous",
      updatedAt: now,
    };
    store.setQuery(api.projects.get, {}, [created, ...shown]);
  });
}

export function useRenameProject(id: Id<"projects">) {
  const rename = useMutation(api.projects.rename).withOptimisticUpdate((store, args) => {
    const project = store.getQuery(api.projects.getById, { id: args.id });
    if (project) store.setQuery(api.projects.getById, { id: args.id }, { ...project, name: args.name });
  });
  return (name: string): Promise<null> => rename({ id, name });
}

export function Projects({ onOpen }: { onOpen: (id: Id<"projects">) => void }) {
  const projects = useQuery(api.projects.getPartial, { limit: 6 });
  const create = useCreateProject();
  const billing = useQuery(api.users.getBillingStatus);
  const left: number | "unlimited" | undefined = billing?.remainingProjects;
  if (projects === undefined) return <p>Loading</p>;
  return (
    <ul>
      {projects.map((project) => (
        <li key={project._id} onClick={() => onOpen(project._id)}>
          {project.name} {project.importStatus === "importing" && "is being imported"}
        </li>
      ))}
      <button disabled={left === 0} onClick={() => void create({ name: "apollo" }).then(onOpen)} />
    </ul>
  );
}

export function Progress({ projectId }: { projectId: Id<"projects"> | null }) {
  const { results, status, loadMore } = usePaginatedQuery(
    api.projects.getGenerationEventsPaginated,
    projectId === null ? "skip" : { projectId },
    { initialNumItems: 20 },
  );
  const types: Array<"step" | "file" | "info" | "error"> = results.map((event) => event.type);
  return <button disabled={status !== "CanLoadMore"} onClick={() => loadMore(20)} title={types.join()} />;
}
