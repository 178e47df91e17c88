import type { Job } from "../contract";
import { formatDuration, formatMoment } from "../format";
import type { Column } from "../parts/Grid";
import { Status } from "../parts/Status";

export const JOB_COLUMNS: Column<Job>[] = [
  { id: "status", header: "Status", widthPx: 120, cell: (job) => <Status status={job.status} /> },
  { id: "kind", header: "Kind", widthPx: 170, cell: (job) => job.kind },
  { id: "project", header: "Project", widthPx: 170, cell: (job) => job.projectName ?? "deleted" },
  { id: "owner", header: "Owner", widthPx: 130, cell: (job) => job.ownerId },
  {
    id: "started",
    header: "Started",
    widthPx: 190,
    cell: (job) => <span className="numbers">{formatMoment(job.startedAt)}</span>,
  },
  {
    id: "took",
    header: "Took",
    widthPx: 90,
    align: "right",
    cell: ({ endedAt, startedAt }) => (typeof endedAt === "number" ? formatDuration(endedAt - startedAt) : ""),
  },
  { id: "error", header: "Error", widthPx: 200, cell: (job) => (typeof job.error === "string" ? job.error : "") },
];
