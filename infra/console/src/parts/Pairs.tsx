import type { ReactNode } from "react";
import classes from "./Pairs.module.css";

/** Names and what they stand for; those without a value are left out. */
export function Pairs({ pairs }: { pairs: [string, ReactNode][] }) {
  return (
    <dl className={classes.pairs}>
      {pairs
        .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "")
        .map(([name, value]) => (
          <div key={name} className={classes.pair}>
            <dt className={classes.name}>{name}</dt>
            <dd className={classes.value}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
