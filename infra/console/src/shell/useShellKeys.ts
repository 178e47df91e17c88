import { useEffect, useRef } from "react";
import type { View } from "../route";

const GO_KEYS: Record<string, View> = { d: "data", f: "functions", l: "logs", v: "live", j: "jobs", h: "health" };
const WITHIN_MS = 1000;

/** Go to a view when `g` and its letter are typed outside of inputs, and do what single keys stand for. */
export function useShellKeys(goTo: (view: View) => void, single: Record<string, () => void>): void {
  const latest = useRef({ goTo, single });
  useEffect(() => {
    latest.current = { goTo, single };
  });
  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY;
    function press(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest("input, textarea, select, [contenteditable], [role=dialog]")) return;
      const view = event.timeStamp - pressedG < WITHIN_MS ? GO_KEYS[event.key] : undefined;
      pressedG = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const act = view ? () => latest.current.goTo(view) : latest.current.single[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
