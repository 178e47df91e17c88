import { formatDuration, formatMoment } from "../format";
import { Pairs } from "../parts/Pairs";
import { Panel } from "../parts/Panel";
import { Status } from "../parts/Status";
import { href } from "../route";
import classes from "./LinePanel.module.css";
import type { KeptLine } from "./useLog";

/** All of a line of the log, with its stack. */
export function LinePanel({ line, onClose }: { line: KeptLine; onClose: () => void }) {
  const { requestId, message, stack, durationMs } = line;
  return (
    <Panel title={<Status status={line.level} />} label="Line of the log" onClose={onClose}>
      <Pairs
        pairs={[
          ["At", formatMoment(line.at)],
          ["Function", line.function && <a href={href("functions", [line.function])}>{line.function}</a>],
          ["Kind", line.kind],
          ["Outcome", line.outcome],
          ["Took", typeof durationMs === "number" && formatDuration(durationMs)],
          ["Request", requestId && <a href={href("logs", [], { requestId })}>{requestId}</a>],
          ["Message", message],
        ]}
      />
      {stack && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys
        <section className={classes.stack} tabIndex={0} aria-label="Stack">
          {stack}
        </section>
      )}
    </Panel>
  );
}
