import { Tabs } from "@mantine/core";
import { Failure } from "../parts/Failure";
import { Json } from "../parts/Json";
import { Loading } from "../parts/Loading";
import { usePolled } from "../usePolled";
import classes from "./ExecutionTabs.module.css";
import { StateGraph } from "./StateGraph";

const RUNNING_MS = 1500;
const ENDED_MS = 30_000;

interface ExecutionTabsProps {
  kind: string;
  name: string;
  isRunning: boolean;
  /** What a job was asked for, which its execution looks up itself. */
  input?: unknown;
}

/** How an execution went: its states, its input, and why it failed. */
export function ExecutionTabs({ kind, name, isRunning, input }: ExecutionTabsProps) {
  const { answer, error, refresh } = usePolled("execution", { kind, name }, isRunning ? RUNNING_MS : ENDED_MS);
  if (!answer) return error ? <Failure error={error} onRetry={refresh} /> : <Loading />;
  return (
    <Tabs defaultValue="graph" className={classes.tabs ?? ""} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="graph">States</Tabs.Tab>
        <Tabs.Tab value="input">Input</Tabs.Tab>
        {answer.error && <Tabs.Tab value="error">Error</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="graph" className={classes.graph ?? ""}>
        <StateGraph definition={answer.definition} states={answer.states} />
      </Tabs.Panel>
      <Tabs.Panel value="input">
        <Json value={input === undefined ? answer.input : { execution: answer.input, job: input }} label="Input" />
      </Tabs.Panel>
      <Tabs.Panel value="error">
        <pre className={classes.cause}>{[answer.error, answer.cause].filter(Boolean).join("\n\n")}</pre>
      </Tabs.Panel>
    </Tabs>
  );
}
