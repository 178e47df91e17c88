import { Button, Tabs } from "@mantine/core";
import { useState } from "react";
import { useMutations, useRow } from "../api";
import type { Document } from "../contract";
import { IdLink } from "../data/IdLink";
import { formatDuration, formatMoment } from "../format";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Json } from "../parts/Json";
import { Loading } from "../parts/Loading";
import { Pairs } from "../parts/Pairs";
import { Panel } from "../parts/Panel";
import { Status } from "../parts/Status";
import { usePolled } from "../usePolled";
import classes from "./JobPanel.module.css";
import { StateGraph } from "./StateGraph";

const RUNNING_MS = 1500;
const ENDED_MS = 30_000;

/** A job: its row, live, and the execution of its state machine. */
export function JobPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useRow(id);
  const { cancelJob } = useMutations();
  const [isCancelling, setCancelling] = useState(false);
  const job = found?.document;
  const footer = job?.status === "running" && (
    <Button color="red" variant="light" onClick={() => setCancelling(true)}>
      Cancel job
    </Button>
  );
  const title = job ? (
    <>
      {String(job.kind)} <Status status={String(job.status)} />
    </>
  ) : (
    "Job"
  );
  return (
    <Panel title={title} label="Job" onClose={onClose} footer={footer}>
      {found === undefined && <Loading />}
      {found === null && <Empty title="There is no such job" />}
      {job && <Facts job={job} />}
      {job && <Execution job={job} />}
      <Confirm
        isOpen={isCancelling}
        title="Cancel this job?"
        verb="Cancel job"
        onClose={() => setCancelling(false)}
        onConfirm={() => cancelJob(String(job?.jobId))}
      >
        It stops where it is. What it has written so far stays.
      </Confirm>
    </Panel>
  );
}

function Facts({ job }: { job: Document }) {
  const { startedAt, endedAt, error } = job;
  return (
    <Pairs
      pairs={[
        ["Job", <code key="job">{String(job.jobId)}</code>],
        ["Project", <IdLink key="project" id={String(job.projectId)} table="projects" />],
        ["Message", typeof job.messageId === "string" && <IdLink key="message" id={job.messageId} table="messages" />],
        ["Started", formatMoment(Number(startedAt))],
        ["Took", typeof endedAt === "number" && formatDuration(endedAt - Number(startedAt))],
        ["Error", typeof error === "string" && <span className={classes.error}>{error}</span>],
      ]}
    />
  );
}

function Execution({ job }: { job: Document }) {
  const asked = { kind: String(job.kind), name: String(job.jobId) };
  const { answer, error, refresh } = usePolled("execution", asked, job.status === "running" ? RUNNING_MS : ENDED_MS);
  return (
    <Tabs defaultValue="graph" className={classes.tabs ?? ""} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="graph">States</Tabs.Tab>
        <Tabs.Tab value="input">Input</Tabs.Tab>
        {answer?.error && <Tabs.Tab value="error">Error</Tabs.Tab>}
      </Tabs.List>
      {!answer && !error && <Loading />}
      {!answer && error && <Failure error={error} onRetry={refresh} />}
      {answer && (
        <>
          <Tabs.Panel value="graph" className={classes.graph ?? ""}>
            <StateGraph definition={answer.definition} states={answer.states} />
          </Tabs.Panel>
          <Tabs.Panel value="input">
            <Json value={{ execution: answer.input, job: job.input ?? null }} label="Input" />
          </Tabs.Panel>
          <Tabs.Panel value="error">
            <pre className={classes.cause}>{[answer.error, answer.cause].filter(Boolean).join("\n\n")}</pre>
          </Tabs.Panel>
        </>
      )}
    </Tabs>
  );
}
