import { useMemo } from "react";
import type { ExecutionState, StateMachine } from "../contract";
import { formatCount } from "../format";
import classes from "./StateGraph.module.css";
import { laidOut, type PlacedLine, type PlacedState, STATE_HEIGHT_PX } from "./stateLayout";

interface StateGraphProps {
  definition: StateMachine;
  states: ExecutionState[];
}

/** Where there is little room, a graph is drawn so much smaller, and then scrolled. */
const LEAST_SCALE = 0.75;

const MEANINGS: Record<ExecutionState["status"], string> = {
  entered: "is running",
  succeeded: "succeeded",
  failed: "failed",
};

/** A state machine as a graph, coloured by what has happened in one of its executions. */
export function StateGraph({ definition, states }: StateGraphProps) {
  const { width, height, ...placed } = useMemo(() => laidOut(definition), [definition]);
  const byName = new Map(states.map((state) => [state.name, state]));
  return (
    <>
      <svg
        className={classes.graph}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        style={{ minWidth: width * LEAST_SCALE }}
        role="img"
        aria-label={summary(states)}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0.5 8 4 0 7.5z" fill="var(--faint)" />
          </marker>
        </defs>
        {placed.lines.map((line) => (
          <path
            key={`${line.from} ${line.to} ${line.kind}`}
            className={classes.line}
            data-kind={line.kind}
            data-passed={byName.has(line.from) && byName.has(line.to) ? true : undefined}
            d={curve(line.points)}
            markerEnd="url(#arrow)"
          />
        ))}
        {placed.states.map((state) => (
          <StateBox key={state.name} state={state} happened={byName.get(state.name)} />
        ))}
      </svg>
      <p className="visually-hidden">{summary(states)}</p>
    </>
  );
}

function StateBox({ state, happened }: { state: PlacedState; happened: ExecutionState | undefined }) {
  return (
    <g
      className={classes.state}
      data-status={happened?.status ?? "none"}
      transform={`translate(${state.x - state.width / 2} ${state.y - STATE_HEIGHT_PX / 2})`}
    >
      <title>
        {state.name} ({state.type}) {happened ? told(happened) : "was not reached"}
      </title>
      <rect className={classes.box} width={state.width} height={STATE_HEIGHT_PX} rx={7} />
      <circle className={classes.dot} cx={15} cy={STATE_HEIGHT_PX / 2} r={4} />
      <text className={classes.name} x={27} y={STATE_HEIGHT_PX / 2}>
        {state.name}
      </text>
      {happened && happened.attempts > 1 && (
        <text className={classes.count} x={state.width} y={-5}>
          ×{happened.attempts}
        </text>
      )}
    </g>
  );
}

function told({ status, entries, attempts }: ExecutionState): string {
  const again = attempts - entries;
  return [
    MEANINGS[status],
    entries > 1 && `entered ${entries} times`,
    again > 0 && `${formatCount(again, "further attempt")}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function curve(points: PlacedLine["points"]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const bends = rest.slice(0, -1).map((point, at) => {
    const next = rest[at + 1] ?? point;
    const end = at === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${bends.join("") || `L${rest[0]?.x ?? first.x} ${rest[0]?.y ?? first.y}`}`;
}

function summary(states: ExecutionState[]): string {
  if (states.length === 0) return "No state was entered yet";
  return states.map((state) => `${state.name} ${told(state)}`).join(", ");
}
