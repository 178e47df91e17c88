import { useState } from "react";
import type { Connections } from "../contract";

const KEPT = 60;

/** Return the last answers, oldest first: what was seen since the view was opened. */
export function useHistory(answer: Connections | undefined): Connections[] {
  const [history, setHistory] = useState<Connections[]>([]);
  if (answer && history.at(-1) !== answer) setHistory([...history, answer].slice(-KEPT));
  return history;
}
