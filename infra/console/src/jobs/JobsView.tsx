import { SegmentedControl, Select } from "@mantine/core";
import { useMemo } from "react";
import { useJobs } from "../api";
import { Empty } from "../parts/Empty";
import { ErrorBoundary } from "../parts/ErrorBoundary";
import { Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { Page } from "../parts/Page";
import { useEndless } from "../parts/useEndless";
import { go, href, useRoute } from "../route";
import { shapeOfField } from "../shape";
import { tableNamed, useDescribed } from "../shell/description";
import { JOB_COLUMNS } from "./columns";
import { ExecutionPanel, Executions } from "./Executions";
import { JobPanel } from "./JobPanel";
import classes from "./JobsView.module.css";

/** The jobs of all projects, live, and the one that is open. */
export default function JobsView() {
  const { parts, query } = useRoute();
  const jobs = tableNamed(useDescribed(), "jobs");
  const filter = useMemo(() => ({ status: query.get("status") ?? "", kind: query.get("kind") ?? "" }), [query]);
  const at = (more: Partial<typeof filter>, openId = parts[0]) =>
    href("jobs", openId ? [openId] : [], { ...filter, ...more });
  const options = (field: string) => (jobs ? shapeOfField(jobs, field).options : []);

  const execution = query.get("execution");
  if (query.has("executions") || execution)
    return (
      <div className={classes.view}>
        <Page title="Jobs" tools={<Shown shown="executions" />}>
          <Executions
            openName={execution ?? undefined}
            onOpen={(place) => go(href("jobs", [], { execution: place }))}
          />
        </Page>
        {execution && <ExecutionPanel key={execution} place={execution} onClose={() => go(EXECUTIONS)} />}
      </div>
    );

  const tools = (
    <>
      <Shown shown="jobs" />
      <Select
        className={classes.select ?? ""}
        aria-label="Status"
        placeholder="All statuses"
        data={options("status")}
        value={filter.status || null}
        clearable
        data-search
        onChange={(status) => go(at({ status: status ?? "" }), { replace: true })}
      />
      <Select
        className={classes.select ?? ""}
        aria-label="Kind"
        placeholder="All kinds"
        data={options("kind")}
        value={filter.kind || null}
        clearable
        onChange={(kind) => go(at({ kind: kind ?? "" }), { replace: true })}
      />
    </>
  );
  return (
    <div className={classes.view}>
      <Page title="Jobs" tools={tools}>
        <ErrorBoundary key={JSON.stringify(filter)}>
          <JobRows filter={filter} openId={parts[0]} onOpen={(id) => go(at({}, id))} />
        </ErrorBoundary>
      </Page>
      {parts[0] && (
        <ErrorBoundary key={parts[0]}>
          <JobPanel id={parts[0]} onClose={() => go(href("jobs", [], filter))} />
        </ErrorBoundary>
      )}
    </div>
  );
}

const EXECUTIONS = href("jobs", [], { executions: "1" });

/** Switches between jobs and the executions of all state machines. */
function Shown({ shown }: { shown: "jobs" | "executions" }) {
  return (
    <SegmentedControl
      aria-label="Shown"
      value={shown}
      data={[
        { value: "jobs", label: "Jobs" },
        { value: "executions", label: "Executions" },
      ]}
      onChange={(next) => go(next === "jobs" ? href("jobs") : EXECUTIONS)}
    />
  );
}

interface JobRowsProps {
  filter: { status: string; kind: string };
  openId: string | undefined;
  onOpen: (id: string) => void;
}

function JobRows({ filter, openId, onOpen }: JobRowsProps) {
  const given = useMemo(() => Object.fromEntries(Object.entries(filter).filter(([, value]) => value)), [filter]);
  const jobs = useJobs(given);
  const { onNearEnd, isEmpty, isLoading, footer } = useEndless(jobs);

  if (isLoading) return <GridSkeleton columns={JOB_COLUMNS} />;
  if (isEmpty)
    return <Empty title="No jobs">Messages to the assistant, imports and exports appear here when they begin.</Empty>;
  return (
    <Grid
      label="Jobs, newest first"
      columns={JOB_COLUMNS}
      rows={jobs.results}
      idOf={(job) => job._id}
      openId={openId}
      onOpen={(job) => onOpen(job._id)}
      onNearEnd={onNearEnd}
      footer={footer("job")}
    />
  );
}
