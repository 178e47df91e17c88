import { useEffect } from "react";
import type { View } from "../route";

export const GO_KEYS: Record<string, View> = {
  d: "data",
  f: "functions",
  l: "logs",
  v: "live",
  j: "jobs",
  h: "health",
};
const WITHIN_MS = 1000;

/** Go to a view when `g` and its letter are typed outside of inputs. */
export function useGoKeys(goTo: (view: View) => void): void {
  useEffect(() => {
    let pressedG = 0;
    function press(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("input, textarea, select, [contenteditable]")
      )
        return;
      const view = GO_KEYS[event.key];
      if (event.key === "g") pressedG = event.timeStamp;
      else if (view && event.timeStamp - pressedG < WITHIN_MS) {
        pressedG = 0;
        event.preventDefault();
        goTo(view);
      }
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [goTo]);
}
