import { useCallback, useState } from "react";
import { useOperate } from "./api";
import type { Operations } from "./contract";
import { useEvery } from "./useEvery";

export interface Polled<Answer> {
  answer: Answer | undefined;
  error: Error | undefined;
  refresh: () => void;
}

/** Ask an operation again and again while the page is visible; an error keeps what was answered before. */
export function usePolled<Name extends keyof Operations>(
  name: Name,
  body: Operations[Name][0],
  everyMs: number,
): Polled<Operations[Name][1]> {
  const operate = useOperate();
  const [state, setState] = useState<{ answer?: Operations[Name][1]; error?: Error }>({});
  const [round, setRound] = useState(0);

  useEvery(everyMs, `${JSON.stringify(body)}#${round}`, async () => {
    try {
      setState({ answer: await operate(name, body) });
    } catch (error) {
      setState((before) => ({ ...before, error: error as Error }));
    }
  });

  const refresh = useCallback(() => setRound((before) => before + 1), []);
  return { answer: state.answer, error: state.error, refresh };
}
