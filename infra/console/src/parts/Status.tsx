import classes from "./Status.module.css";

const TONES: Record<string, string> = {
  completed: "good",
  succeeded: "good",
  success: "good",
  ok: "good",
  running: "busy",
  processing: "busy",
  entered: "busy",
  failed: "bad",
  error: "bad",
  critical: "bad",
  timed_out: "bad",
  aborted: "off",
  cancelled: "off",
  warning: "warn",
};

export const toneOf = (status: string): string => TONES[status.toLowerCase()] ?? "off";

/** A status as a coloured dot and its word. */
export function Status({ status }: { status: string }) {
  return (
    <span className={classes.status} data-tone={toneOf(status)}>
      {status.toLowerCase().replaceAll("_", " ")}
    </span>
  );
}
