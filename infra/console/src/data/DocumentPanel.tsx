import { ActionIcon, Button, CopyButton, SegmentedControl, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { CheckIcon, CopyIcon } from "@radix-ui/react-icons";
import { useState } from "react";
import { useMutations, useRow } from "../api";
import { Confirm } from "../parts/Confirm";
import { Empty } from "../parts/Empty";
import { Json } from "../parts/Json";
import { Loading } from "../parts/Loading";
import { Panel } from "../parts/Panel";
import { tableNamed, useDescribed } from "../shell/description";
import { DocumentFields } from "./DocumentFields";
import { DocumentForm } from "./DocumentForm";
import classes from "./DocumentPanel.module.css";

type Mode = "fields" | "json" | "edit";

/** One document, live: its fields or its JSON, to edit or delete. */
export function DocumentPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const found = useRow(id);
  const table = tableNamed(useDescribed(), found?.table);
  const [mode, setMode] = useState<Mode>("fields");
  const [isDeleting, setDeleting] = useState(false);
  const { patchRow, deleteRow } = useMutations();
  useHotkeys([["e", () => table?.editable && setMode("edit")]]);

  const title = (
    <>
      <code className={classes.id}>{id}</code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy the id"}>
            <ActionIcon size="sm" onClick={copy} aria-label="Copy the id">
              {copied ? <CheckIcon /> : <CopyIcon />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </>
  );
  const footer = found && table && mode !== "edit" && (
    <>
      {table.editable ? (
        <>
          <Button variant="default" onClick={() => setMode("edit")}>
            Edit
          </Button>
          <Button variant="subtle" color="red" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </>
      ) : (
        <span className={classes.why} title={table.why}>
          Written by the app only
        </span>
      )}
      <SegmentedControl
        className={classes.mode ?? ""}
        aria-label="Shown as"
        value={mode}
        data={[
          { value: "fields", label: "Fields" },
          { value: "json", label: "JSON" },
        ]}
        onChange={(next) => setMode(next as Mode)}
      />
    </>
  );

  return (
    <Panel title={title} label={`Document ${id}`} onClose={onClose} footer={footer}>
      {found === undefined && <Loading label="Loading the document" />}
      {found === null && <Empty title="There is no such document">It may have been deleted.</Empty>}
      {found && table && mode === "fields" && <DocumentFields table={table} document={found.document} />}
      {found && mode === "json" && <Json value={found.document} label="Document as JSON" />}
      {found && table && mode === "edit" && (
        <DocumentForm
          table={table}
          document={found.document}
          verb="Save"
          onCancel={() => setMode("fields")}
          onSubmit={async (fields) => {
            if (Object.keys(fields).length) await patchRow(id, fields);
            setMode("fields");
          }}
        />
      )}
      <Confirm
        isOpen={isDeleting}
        title="Delete this document?"
        verb="Delete"
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteRow(id);
          onClose();
        }}
      >
        <code>{id}</code> of {found?.table} will be gone. {found && CONSEQUENCES[found.table]}
      </Confirm>
    </Panel>
  );
}

const CONSEQUENCES: Record<string, string> = {
  projects: "All of the project's files, conversations and messages go with it.",
  files: "What is in a folder goes with it.",
};
