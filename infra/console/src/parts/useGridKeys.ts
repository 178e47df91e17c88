import { type KeyboardEvent, useState } from "react";

interface GridKeys {
  count: number;
  pageRows: () => number;
  onMove: (index: number) => void;
  onOpen: (index: number) => void;
}

/** Which row of a grid is active, moved by the keys that grids have. */
export function useGridKeys({ count, pageRows, onMove, onOpen }: GridKeys) {
  const [chosen, setActive] = useState<number>();
  const active = chosen === undefined || count === 0 ? undefined : Math.min(chosen, count - 1);

  function move(index: number) {
    const within = Math.max(0, Math.min(count - 1, index));
    setActive(within);
    onMove(within);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey || count === 0) return;
    const from = active ?? -1;
    const targets: Record<string, number> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + pageRows(),
      PageUp: from - pageRows(),
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) move(target);
    else if ((event.key === "Enter" || event.key === " ") && active !== undefined) onOpen(active);
    else return;
    event.preventDefault();
  }

  function onFocus() {
    if (active === undefined && count > 0) setActive(0);
  }

  return { active, onKeyDown, onFocus, setActive };
}
