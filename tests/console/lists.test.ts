// Addresses, lists that grow while they are read, and the graph of a state machine.
import type { Document } from "../../infra/console/src/contract";
import { sortedRows } from "../../infra/console/src/data/sortedRows";
import { withNew } from "../../infra/console/src/data/useRows";
import { sorted } from "../../infra/console/src/health/sorted";
import { laidOut } from "../../infra/console/src/jobs/stateLayout";
import { merged } from "../../infra/console/src/logs/useLog";
import { href, parseRoute } from "../../infra/console/src/route";

const row = (_id: string): Document => ({ _id, _creationTime: 0 });
const line = (message: string) => ({ at: 0, level: "INFO", message });

test("an address leads back to where it was made", () => {
  const { view, parts, query } = parseRoute(href("functions", ["files:createFile"], { a: "b c", empty: "" }));
  expect([view, parts, [...query]]).toEqual(["functions", ["files:createFile"], [["a", "b c"]]]);
});

test("an address that says nothing known leads to the data", () => {
  expect(parseRoute("#/nonsense/x")).toMatchObject({ view: "data", parts: [] });
});

test("a new row appears between its neighbours", () => {
  const ids = withNew([row("a"), row("c")], [row("0"), row("a"), row("b"), row("c")], new Set()).map(({ _id }) => _id);
  expect(ids).toEqual(["0", "a", "b", "c"]);
});

test("a row that was deleted does not come back from an older look", () => {
  expect(withNew([row("a")], [row("a"), row("b")], new Set(["a", "b"]))).toEqual([row("a")]);
});

test("rows are sorted by a column, those without a value last in either direction", () => {
  const rows = [{ ...row("a"), size: 10 }, row("b"), { ...row("c"), size: 9 }];
  const ids = (direction: "asc" | "desc") => sortedRows(rows, { by: "size", direction }).map(({ _id }) => _id);
  expect([ids("asc"), ids("desc")]).toEqual([
    ["c", "a", "b"],
    ["a", "c", "b"],
  ]);
});

test("names with numbers are sorted as people count, and large texts by their beginnings", () => {
  const large = { _large: { bytes: 9, preview: "file 2" } };
  const rows = [{ ...row("a"), text: "file 10" }, { ...row("b"), text: large }];
  expect(sortedRows(rows, { by: "text", direction: "asc" }).map(({ _id }) => _id)).toEqual(["b", "a"]);
});

test("the log shows the newest line first, each once and numbered as it came", () => {
  const first = merged(undefined, "{}", [line("1"), line("2")], "x");
  const second = merged(first, "{}", [line("3")], "y");
  expect(second.lines.map(({ message, number }) => [message, number])).toEqual([["3", 3], ["2", 2], ["1", 1]]);
});

test("what is not known comes last when the most is first", () => {
  const health = (path: string, p99Ms: number | null) => ({ path, calls: 1, errors: 0, p50Ms: null, p99Ms, costUsd: 0 });
  const paths = sorted([health("none", null), health("slow", 9), health("fast", 1)], { by: "p99Ms", direction: "desc" });
  expect(paths.map(({ path }) => path)).toEqual(["slow", "fast", "none"]);
});

test("a machine is laid out from its first state down, with its error paths and the states inside of a map", () => {
  const { states, lines } = laidOut({
    StartAt: "Read",
    States: {
      Read: { Type: "Task", Next: "Write", Catch: [{ Next: "Fail" }] },
      Write: { Type: "Map", ItemProcessor: { StartAt: "Batch", States: { Batch: { Type: "Task" } } } },
      Fail: { Type: "Fail" },
    },
  });
  const y = Object.fromEntries(states.map((state) => [state.name, state.y]));
  expect([y.Read < y.Write, y.Write < y.Batch, y.Read < y.Fail]).toEqual([true, true, true]);
  expect(lines.map(({ from, to, kind }) => `${from} ${kind} ${to}`).toSorted()).toEqual([
    "Read catch Fail",
    "Read next Write",
    "Write inner Batch",
  ]);
});
