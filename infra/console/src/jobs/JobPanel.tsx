import { Button } from "@mantine/core";
import { useState } from "react";
import { useMutations, useRow } from "../api";
import type { Document } from "../contract";
import { IdLink } from "../data/IdLink";
import { formatDuration, formatMoment } from "../format";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import { Pairs } from "../parts/Pairs";
import { Panel } from "../parts/Panel";
import { Status } from "../parts/Status";
import { ExecutionTabs } from "./ExecutionTabs";
import classes from "./JobPanel.module.css";

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
      {job && (
        <ExecutionTabs
          kind={String(job.kind)}
          name={String(job.jobId)}
          isRunning={job.status === "running"}
          input={job.input}
        />
      )}
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
