import type { Ran } from "../contract";
import { formatDuration, formatNumber } from "../format";
import { Json } from "../parts/Json";
import { Status } from "../parts/Status";
import { href } from "../route";
import classes from "./RunResult.module.css";

/** What a function answered, how long it took, and what it consumed of the database. */
export function RunResult({ ran }: { ran: Ran }) {
  const { error, durationMs, requestId, consumedCapacity } = ran;
  return (
    <section className={classes.result} aria-label="Result" aria-live="polite">
      <header className={classes.header}>
        <Status status={error ? "failed" : "succeeded"} />
        <span>{formatDuration(durationMs)}</span>
        {consumedCapacity && (
          <span title="Read and write capacity units of DynamoDB">
            {formatNumber(consumedCapacity.read)} read, {formatNumber(consumedCapacity.write)} write units
          </span>
        )}
        <a className={classes.logs} href={href("logs", [], { requestId })}>
          Log
        </a>
      </header>
      {error ? (
        <div className={classes.error}>
          {error.code && <code>{error.code}</code>} {error.message}
          {error.data !== undefined && <Json value={error.data} label="Error's data" />}
        </div>
      ) : (
        <div className={classes.value}>
          <Json value={ran.value ?? null} label="Result" />
        </div>
      )}
    </section>
  );
}
