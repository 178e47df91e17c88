/** Where the states of a machine are drawn, and the lines between them. */
import { Graph, layout } from "@dagrejs/dagre";
import type { State, StateMachine } from "../contract";

export interface PlacedState {
  name: string;
  type: string;
  x: number;
  y: number;
  width: number;
}

export interface PlacedLine {
  from: string;
  to: string;
  kind: LineKind;
  points: { x: number; y: number }[];
}

export interface StateLayout {
  width: number;
  height: number;
  states: PlacedState[];
  lines: PlacedLine[];
}

/** How a state leads to another: in order, by an error, or into its own parts. */
export type LineKind = "next" | "catch" | "inner";

export const STATE_HEIGHT_PX = 34;
const CHARACTER_PX = 6.8;
const PADDING_PX = 44;

/** Place all states of a machine, with those inside of its maps and parallel branches. */
export function laidOut(machine: StateMachine): StateLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 38, marginx: 18, marginy: 18 });
  graph.setDefaultEdgeLabel(() => ({}));
  const states = [...statesOf(machine)];
  for (const [name] of states)
    graph.setNode(name, { width: name.length * CHARACTER_PX + PADDING_PX, height: STATE_HEIGHT_PX });
  for (const [name, state] of states)
    for (const [to, kind] of linesOf(state)) if (graph.hasNode(to)) graph.setEdge(name, to, { kind }, kind);
  for (const [to, name] of lastToCatch(states))
    if (graph.hasNode(to)) graph.setEdge(name, to, { kind: "catch" }, "catch");
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    states: states.map(([name, state]) => ({ name, type: state.Type, ...positionOf(graph.node(name)) })),
    lines: graph.edges().map((edge) => ({
      from: edge.v,
      to: edge.w,
      kind: edge.name as LineKind,
      points: graph.edge(edge).points ?? [],
    })),
  };
}

function positionOf({ x = 0, y = 0, width = 0 }: { x?: number; y?: number; width?: number }) {
  return { x, y, width };
}

function* statesOf(machine: StateMachine): Generator<[string, State]> {
  for (const [name, state] of Object.entries(machine.States)) {
    yield [name, state];
    for (const inner of partsOf(state)) yield* statesOf(inner);
  }
}

function partsOf(state: State): StateMachine[] {
  return [...(state.Branches ?? []), ...[state.ItemProcessor, state.Iterator].filter((part) => part !== undefined)];
}

/** Nearly every state leads to the same few by its errors; one line to each of them says as much as twenty. */
function lastToCatch(states: [string, State][]): Map<string, string> {
  return new Map(states.flatMap(([name, state]) => (state.Catch ?? []).map(({ Next }) => [Next, name] as const)));
}

function* linesOf(state: State): Generator<[string, LineKind]> {
  const next = new Set([state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)]);
  for (const to of next) if (to) yield [to, "next"];
  for (const part of partsOf(state)) yield [part.StartAt, "inner"];
}
