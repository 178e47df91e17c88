import { useEffect, useRef } from "react";

/** Run `act` at once and then every `everyMs` while the page is visible, never twice at a time; begin again when `key` changes. */
export function useEvery(everyMs: number, key: string | null, act: () => Promise<void>): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (key === null) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function turn() {
      if (!document.hidden) await latest.current();
      if (!isOver) timer = setTimeout(turn, everyMs);
    }
    turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [everyMs, key]);
}
