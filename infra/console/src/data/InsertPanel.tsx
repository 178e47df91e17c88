import { useMutations } from "../api";
import type { Table } from "../contract";
import { Panel } from "../parts/Panel";
import { DocumentForm } from "./DocumentForm";

interface InsertPanelProps {
  table: Table;
  onClose: () => void;
  onInserted: (id: string) => void;
}

/** A form for a new document of a table. */
export function InsertPanel({ table, onClose, onInserted }: InsertPanelProps) {
  const { insertRow } = useMutations();
  return (
    <Panel title={`Insert into ${table.name}`} label={`Insert into ${table.name}`} onClose={onClose}>
      <DocumentForm
        table={table}
        document={{}}
        verb="Insert"
        onCancel={onClose}
        onSubmit={async (fields) => onInserted(await insertRow(table.name, fields))}
      />
    </Panel>
  );
}
