import type { Value } from "convex/values";
import { useEffect, useState } from "react";
import { useDoor } from "./door";

/**
 * Ask a query once over HTTP, which answers before a WebSocket is open; undefined until then.
 *
 * An error is left to the live query to tell. Nothing is asked without `args`.
 */
export function useSnapshot<Answer>(path: string, args: Record<string, Value> | undefined): Answer | undefined {
  const { call } = useDoor();
  const [found, setFound] = useState<{ asked: string; answer: Answer }>();
  const asked = args && JSON.stringify(args);

  useEffect(() => {
    if (asked === undefined) return;
    let isOver = false;
    call("query", path, JSON.parse(asked)).then(
      (answer) => isOver || setFound({ asked, answer: answer as Answer }),
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [call, path, asked]);

  return found?.asked === asked ? found?.answer : undefined;
}
