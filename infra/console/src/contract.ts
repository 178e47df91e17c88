/** What the deployment's door for administrators takes and answers, as it is on the wire. */
import type { Value } from "convex/values";

export type Fields = Record<string, Value>;

/** A stored document; a large text of it may be a `Large` instead. */
export type Document = Fields & { _id: string; _creationTime: number };

/** What lists have instead of a large text. */
export interface Large {
  _large: { bytes: number; preview: string };
}

export interface Field {
  name: string;
  /** A validator as Convex writes it: `v.id("projects")`. */
  type: string;
  optional: boolean;
  large: boolean;
}

export interface Index {
  name: string;
  fields: string[];
  range?: string | null;
  unique: boolean;
}

export interface Table {
  name: string;
  description: string;
  /** Whether administrators may write its rows, and why not. */
  editable: boolean;
  why?: string;
  fields: Field[];
  indexes: Index[];
}

export interface FunctionInfo {
  path: string;
  kind: "query" | "mutation";
  visibility: "public" | "internal" | "admin";
  description: string;
  arguments: JsonSchema;
}

export interface Description {
  stage: string;
  version: string;
  tables: Table[];
  functions: FunctionInfo[];
}

/** The part of JSON Schema that describes arguments. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  /** `projects-id` for an id of that table. */
  format?: string;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  [extension: string]: unknown;
}

export interface Job extends Fields {
  _id: string;
  _creationTime: number;
  jobId: string;
  kind: string;
  status: string;
  projectId: string;
  projectName: string | null;
  ownerId: string;
  startedAt: number;
}

export interface Action extends Fields {
  at: number;
  actor: string;
  action: string;
}

/** Whom a function is run as. */
export interface Identity {
  subject: string;
  email?: string;
}

export interface Ran {
  value?: unknown;
  error?: { code?: string; message: string; data?: unknown };
  durationMs: number;
  requestId: string;
  consumedCapacity?: { read: number; write: number };
}

export interface LogLine {
  at: number;
  level: string;
  function?: string;
  kind?: string;
  outcome?: string;
  durationMs?: number;
  requestId?: string;
  message?: string;
  stack?: string;
}

export interface Connections {
  open: number;
  byFamily: Record<string, number>;
  queries: number;
  subscriptions: number;
  pushesPerMinute?: number | null;
}

export interface DeadLetterQueue {
  name: string;
  messages: number;
  oldestSeconds?: number | null;
}

/** An execution as lists tell it. */
export interface ListedExecution {
  name: string;
  kind: string;
  status: string;
  startedAt: number;
  stoppedAt?: number;
}

export interface ExecutionState {
  name: string;
  status: "entered" | "succeeded" | "failed";
  at: number;
  /** How often it was entered, and how often tried: each time once, unless it failed. */
  entries: number;
  attempts: number;
}

export interface Execution {
  status: string;
  input: unknown;
  error?: string | null;
  cause?: string | null;
  states: ExecutionState[];
  definition: StateMachine;
}

/** A state machine, or a part of one, in the Amazon States Language. */
export interface StateMachine {
  StartAt: string;
  States: Record<string, State>;
}

export interface State {
  Type: string;
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Catch?: { Next: string }[];
  Branches?: StateMachine[];
  ItemProcessor?: StateMachine;
  Iterator?: StateMachine;
}

export interface FunctionHealth {
  path: string;
  calls: number;
  errors: number;
  throttles?: number | null;
  p50Ms: number | null;
  p99Ms: number | null;
  costUsd: number | null;
}

export interface Series {
  name: string;
  unit: string;
  points: [number, number][];
}

export interface Health {
  functions: FunctionHealth[];
  series: Series[];
  notes: string[];
}

/** What each operation takes and answers. */
export interface Operations {
  run: [{ path: string; args: unknown; identity?: Identity | null }, Ran];
  logs: [
    {
      since?: number;
      function?: string;
      level?: string;
      requestId?: string;
      /** Whether lines are wanted that tell of no call of the app's. */
      internals?: boolean;
      limit?: number;
      cursor?: string | null;
    },
    { lines: LogLine[]; cursor: string | null },
  ];
  connections: [Record<string, never>, Connections];
  deadLetters: [Record<string, never>, { queues: DeadLetterQueue[] }];
  redrive: [{ queue: string }, { moved: number }];
  executions: [
    { kind?: string; status?: string; cursor?: string | null },
    { executions: ListedExecution[]; cursor: string | null },
  ];
  execution: [{ kind: string; name: string }, Execution];
  health: [{ minutes: number }, Health];
  tables: [Record<string, never>, { tables: { name: string; count: number; bytes: number }[] }];
}
