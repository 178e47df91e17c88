import classes from "./Sparkline.module.css";

const WIDTH = 120;
const HEIGHT = 28;

/** A line without axes: whether a number goes up or down. */
export function Sparkline({ points, label }: { points: number[]; label: string }) {
  const most = Math.max(1, ...points);
  const step = WIDTH / Math.max(1, points.length - 1);
  const line = points.map((point, at) => `${at * step},${HEIGHT - 2 - (point / most) * (HEIGHT - 4)}`).join(" ");
  return (
    <svg
      className={classes.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {points.length > 1 && <polygon className={classes.area} points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />}
      {points.length > 1 && <polyline className={classes.stroke} points={line} />}
    </svg>
  );
}
