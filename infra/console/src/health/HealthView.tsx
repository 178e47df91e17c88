import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Health } from "../contract";
import { formatCompact, formatCost, formatDuration, formatShare } from "../format";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Loading } from "../parts/Loading";
import { Page } from "../parts/Page";
import { Tile, Tiles } from "../parts/Tiles";
import { usePolled } from "../usePolled";
import { FunctionTable } from "./FunctionTable";
import classes from "./HealthView.module.css";
import { Plot } from "./Plot";

const EVERY_MS = 10_000;
const SPANS = [
  { value: "15", label: "15 min" },
  { value: "60", label: "1 h" },
  { value: "360", label: "6 h" },
  { value: "1440", label: "1 d" },
];

/** How fast functions are, how often they fail, and what they cost. */
export default function HealthView() {
  const [minutes, setMinutes] = useState("60");
  const { answer, error, refresh } = usePolled("health", { minutes: Number(minutes) }, EVERY_MS);
  const tools = (
    <SegmentedControl
      aria-label="Time span"
      value={minutes}
      data={SPANS}
      onChange={setMinutes}
      className={classes.spans ?? ""}
    />
  );
  return (
    <Page title="Health" tools={tools}>
      {!answer && !error && <Loading />}
      {!answer && error && <Failure error={error} onRetry={refresh} />}
      {answer && (
        <div className={classes.content}>
          {error && (
            <p className={classes.stale} role="alert">
              {error.message}
            </p>
          )}
          <Totals health={answer} />
          {answer.series.length > 0 && (
            <div className={classes.plots}>
              {answer.series.map((series) => (
                <Plot key={series.name} series={series} />
              ))}
            </div>
          )}
          {answer.functions.length > 0 ? (
            <FunctionTable functions={answer.functions} />
          ) : (
            <Empty title="No function was called in this time" />
          )}
          {answer.notes.length > 0 && (
            <ul className={classes.notes}>
              {answer.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Page>
  );
}

function Totals({ health: { functions } }: { health: Health }) {
  const total = (value: (one: (typeof functions)[number]) => number | null | undefined) =>
    functions.reduce((sum, one) => sum + (value(one) ?? 0), 0);
  const calls = total(({ calls }) => calls);
  const errors = total(({ errors }) => errors);
  const slowest = functions.reduce((most, { p99Ms }) => Math.max(most, p99Ms ?? 0), 0);
  return (
    <Tiles>
      <Tile name="Calls" value={calls} />
      <Tile name="Errors" value={errors ? `${formatCompact(errors)} (${formatShare(errors / calls)})` : 0} />
      <Tile name="Throttles" value={total(({ throttles }) => throttles)} />
      <Tile name="Slowest p99" value={slowest ? formatDuration(slowest) : undefined} />
      <Tile name="Cost" value={formatCost(total(({ costUsd }) => costUsd))} />
    </Tiles>
  );
}
