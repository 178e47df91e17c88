import { useCallback, useState } from "react";
import { useOperate } from "../api";
import type { LogLine } from "../contract";
import { useEvery } from "../useEvery";

export const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"];

const EVERY_MS = 1000;
const BACK_MS = 3_600_000;
const KEPT_LINES = 2000;
const ASKED_LINES = 500;

export interface LogFilter {
  function: string;
  level: string;
  requestId: string;
  internals: boolean;
}

/** A line with the order in which it came. */
export type KeptLine = LogLine & { number: number };

interface Kept {
  filter: string;
  lines: KeptLine[];
  cursor: string | null;
  error: Error | undefined;
}

/** Follow the log: the newest lines first, asked for each second while nobody pauses it. */
export function useLog(filter: LogFilter, isPaused: boolean) {
  const operate = useOperate();
  const key = JSON.stringify(filter);
  const [kept, setKept] = useState<Kept>();
  const [round, setRound] = useState(0);
  const current = kept?.filter === key ? kept : undefined;

  useEvery(EVERY_MS, isPaused ? null : `${key}#${round}`, async () => {
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
    const from = current?.cursor ? { cursor: current.cursor } : { since: Date.now() - BACK_MS };
    try {
      const { lines, cursor } = await operate("logs", { ...given, ...from, limit: ASKED_LINES });
      setKept((before) => merged(before?.filter === key ? before : undefined, key, lines, cursor));
    } catch (error) {
      setKept((before) => ({
        filter: key,
        lines: before?.filter === key ? before.lines : [],
        cursor: before?.filter === key ? before.cursor : null,
        error: error as Error,
      }));
    }
  });

  const retry = useCallback(() => setRound((before) => before + 1), []);
  return { lines: current?.lines ?? NONE, error: current?.error, isFirst: !current, retry };
}

const NONE: KeptLine[] = [];

/** Put lines that came, oldest first, before those that are there. */
export function merged(before: Kept | undefined, filter: string, lines: LogLine[], cursor: string | null): Kept {
  const next = (before?.lines[0]?.number ?? 0) + 1;
  const fresh = lines.map((line, at) => ({ ...line, number: next + at })).reverse();
  const all = fresh.length ? [...fresh, ...(before?.lines ?? [])].slice(0, KEPT_LINES) : (before?.lines ?? NONE);
  return { filter, lines: all, cursor: cursor ?? before?.cursor ?? null, error: undefined };
}
