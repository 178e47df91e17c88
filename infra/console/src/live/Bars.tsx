import { formatNumber } from "../format";
import { Empty } from "../parts/Empty";
import classes from "./Bars.module.css";

/** Numbers by name as bars, the largest first. */
export function Bars({ values }: { values: Record<string, number> }) {
  const sorted = Object.entries(values).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...sorted.map(([, value]) => value));
  if (sorted.length === 0) return <Empty title="Nobody is connected" />;
  return (
    <ul className={classes.bars}>
      {sorted.map(([name, value]) => (
        <li key={name} className={classes.bar}>
          <span className={classes.name}>{name}</span>
          <span className={classes.track}>
            <span className={classes.fill} style={{ width: `${(value / most) * 100}%` }} />
          </span>
          <span className={classes.value}>{formatNumber(value)}</span>
        </li>
      ))}
    </ul>
  );
}
