/** Where the reader is: `#/data/files?index=by_project`. In the fragment, so that any server can serve the page. */
import { useMemo, useSyncExternalStore } from "react";

export const VIEWS = ["data", "functions", "logs", "live", "jobs", "health"] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  view: View;
  /** What follows the view, such as a table. */
  parts: string[];
  query: URLSearchParams;
}

/** Read a fragment; whatever is no view leads to the data. */
export function parseRoute(fragment: string): Route {
  const [path = "", query] = fragment.replace(/^#\/?/, "").split("?");
  const [view, ...parts] = path.split("/").filter(Boolean).map(decodeURIComponent);
  const known = VIEWS.find((name) => name === view);
  return { view: known ?? "data", parts: known ? parts : [], query: new URLSearchParams(query) };
}

/** Write a fragment; empty values of the query are left out. */
export function href(view: View, parts: string[] = [], query: Record<string, string | undefined> = {}): string {
  const path = [view, ...parts].map(encodeURIComponent).join("/");
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `#/${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

/** Go to a fragment, as a step that the browser's back button undoes unless `replace`. */
export function go(fragment: string, { replace = false } = {}): void {
  if (!replace) window.location.hash = fragment;
  else {
    window.history.replaceState(null, "", fragment);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  }
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useRoute(): Route {
  const fragment = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseRoute(fragment), [fragment]);
}
