import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { PauseIcon, PlayIcon } from "@radix-ui/react-icons";
import { useMemo, useState } from "react";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Grid } from "../parts/Grid";
import { GridSkeleton } from "../parts/GridSkeleton";
import { Page } from "../parts/Page";
import { go, href, useRoute } from "../route";
import { useDescribed } from "../shell/description";
import { LINE_COLUMNS } from "./columns";
import { LinePanel } from "./LinePanel";
import classes from "./LogsView.module.css";
import { type KeptLine, LEVELS, useLog } from "./useLog";

/** What functions logged, as it happens. */
export default function LogsView() {
  const { functions } = useDescribed();
  const { query } = useRoute();
  const filter = useMemo(
    () => ({
      function: query.get("function") ?? "",
      level: query.get("level") ?? "",
      requestId: query.get("requestId") ?? "",
    }),
    [query],
  );
  const [isPaused, setPaused] = useState(false);
  const [open, setOpen] = useState<KeptLine>();
  const [withInternals, setWithInternals] = useState(false);
  // This page asks every second, which would bury what others did.
  const wanted = { ...filter, internals: withInternals || Boolean(filter.function || filter.requestId) };
  const { lines, error, isFirst, retry } = useLog(wanted, isPaused);
  const set = (more: Partial<typeof filter>) => go(href("logs", [], { ...filter, ...more }), { replace: true });

  const tools = (
    <>
      <Select
        className={classes.function ?? ""}
        aria-label="Function"
        placeholder="All functions"
        data={functions.map(({ path }) => path)}
        value={filter.function || null}
        searchable
        clearable
        data-search
        onChange={(path) => set({ function: path ?? "" })}
      />
      <Select
        className={classes.level ?? ""}
        aria-label="Level"
        placeholder="All levels"
        data={LEVELS}
        value={filter.level || null}
        clearable
        onChange={(level) => set({ level: level ?? "" })}
      />
      <TextInput
        className={classes.request ?? ""}
        aria-label="Request id"
        placeholder="Request id"
        value={filter.requestId}
        onChange={(event) => set({ requestId: event.currentTarget.value.trim() })}
      />
      <Checkbox
        size="xs"
        label="Internals"
        title="Also administrators' calls, and those that carry live queries"
        checked={withInternals}
        onChange={(event) => setWithInternals(event.currentTarget.checked)}
      />
      <Button
        className={classes.pause ?? ""}
        variant="default"
        leftSection={isPaused ? <PlayIcon /> : <PauseIcon />}
        onClick={() => setPaused(!isPaused)}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
    </>
  );

  return (
    <div className={classes.view}>
      <Page title="Logs" tools={tools}>
        {error && lines.length === 0 && <Failure error={error} onRetry={retry} />}
        {error && lines.length > 0 && (
          <p className={classes.stale} role="alert">
            {error.message}
          </p>
        )}
        {lines.length > 0 && (
          <Grid
            label="Log, newest first"
            columns={LINE_COLUMNS}
            rows={lines}
            idOf={(line) => String(line.number)}
            openId={open && String(open.number)}
            onOpen={setOpen}
          />
        )}
        {lines.length === 0 && !error && isFirst && <GridSkeleton columns={LINE_COLUMNS} />}
        {lines.length === 0 && !error && !isFirst && (
          <Empty title={isPaused ? "Paused" : "Nothing was logged in the last hour"}>
            {Object.values(filter).some(Boolean)
              ? "That passes these filters."
              : "Calls of functions appear here within a second."}
          </Empty>
        )}
      </Page>
      {open && <LinePanel line={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}
