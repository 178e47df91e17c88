import { formatDuration, formatTime } from "../format";
import type { Column } from "../parts/Grid";
import { Status } from "../parts/Status";
import classes from "./columns.module.css";
import type { KeptLine } from "./useLog";

export const LINE_COLUMNS: Column<KeptLine>[] = [
  {
    id: "at",
    header: "Time",
    widthPx: 120,
    cell: (line) => <code className={classes.time}>{formatTime(line.at)}</code>,
  },
  { id: "level", header: "Level", widthPx: 100, cell: (line) => <Status status={line.level} /> },
  { id: "function", header: "Function", widthPx: 240, cell: (line) => <code>{line.function || "–"}</code> },
  { id: "outcome", header: "Outcome", widthPx: 150, cell: (line) => line.outcome ?? "" },
  {
    id: "duration",
    header: "Took",
    widthPx: 90,
    align: "right",
    cell: (line) => (line.durationMs === undefined || line.durationMs === null ? "" : formatDuration(line.durationMs)),
  },
  {
    id: "message",
    header: "Message",
    widthPx: 260,
    cell: (line) => line.message ?? line.stack?.split("\n").at(-1) ?? "",
  },
];
