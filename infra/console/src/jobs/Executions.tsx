import type { ListedExecution } from "../contract";
import { formatDuration, formatMoment } from "../format";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { type Column, Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { Pairs } from "../parts/Pairs";
import { Panel } from "../parts/Panel";
import { Status } from "../parts/Status";
import { usePolled } from "../usePolled";
import { ExecutionTabs } from "./ExecutionTabs";

const EVERY_MS = 5000;

const COLUMNS: Column<ListedExecution>[] = [
  { id: "status", header: "Status", widthPx: 120, cell: ({ status }) => <Status status={status} /> },
  { id: "kind", header: "State machine", widthPx: 190, cell: ({ kind }) => kind },
  {
    id: "started",
    header: "Started",
    widthPx: 190,
    cell: (one) => <span className="numbers">{formatMoment(one.startedAt)}</span>,
  },
  {
    id: "took",
    header: "Took",
    widthPx: 90,
    align: "right",
    cell: ({ startedAt, stoppedAt }) => (stoppedAt ? formatDuration(stoppedAt - startedAt) : ""),
  },
  { id: "name", header: "Name", widthPx: 260, cell: ({ name }) => <code>{name}</code> },
];

interface ExecutionsProps {
  openName: string | undefined;
  onOpen: (name: string) => void;
}

/** The newest executions of all state machines, those that are no jobs included. */
export function Executions({ openName, onOpen }: ExecutionsProps) {
  const { answer, error, refresh } = usePolled("executions", {}, EVERY_MS);
  if (!answer) return error ? <Failure error={error} onRetry={refresh} /> : <GridSkeleton columns={COLUMNS} />;
  if (answer.executions.length === 0) return <Empty title="No state machine has run yet" />;
  return (
    <Grid
      label="Executions, newest first"
      columns={COLUMNS}
      rows={answer.executions}
      idOf={placeOf}
      openId={openName}
      onOpen={(one) => onOpen(placeOf(one))}
    />
  );
}

const placeOf = ({ kind, name }: ListedExecution) => `${kind} ${name}`;

/** One execution, by its machine and name. */
export function ExecutionPanel({ place, onClose }: { place: string; onClose: () => void }) {
  const [kind = "", name = ""] = place.split(" ");
  return (
    <Panel title={kind} label="Execution" onClose={onClose}>
      <Pairs pairs={[["Name", <code key="name">{name}</code>]]} />
      <ExecutionTabs kind={kind} name={name} isRunning />
    </Panel>
  );
}
