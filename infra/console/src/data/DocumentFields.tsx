import type { Document, Table } from "../contract";
import { formatBytes, formatMoment, isMoment } from "../format";
import { largeOf } from "../large";
import { Json } from "../parts/Json";
import { typeLabel } from "../parts/ValueInput";
import { shapeOfField } from "../shape";
import classes from "./DocumentFields.module.css";
import { IdLink } from "./IdLink";
import { LongText } from "./LongText";
import { StoredPreview } from "./StoredPreview";

const STORAGE = "_storage";
const LONG_CHARACTERS = 120;

/** All fields of a document, one below the other; ids lead to their rows. */
export function DocumentFields({ table, document }: { table: Table; document: Document }) {
  return (
    <>
      {table.name === STORAGE && <StoredPreview document={document} />}
      <dl className={classes.fields}>
        {table.fields.map(({ name }) => {
          const shape = shapeOfField(table, name);
          return (
            <div key={name} className={classes.field}>
              <dt className={classes.name}>
                {name}
                <span className={classes.type}>{typeLabel(shape)}</span>
              </dt>
              <dd className={classes.value}>
                <FieldValue name={name} value={document[name]} table={shape.table} />
              </dd>
            </div>
          );
        })}
        <div className={classes.field}>
          <dt className={classes.name}>_creationTime</dt>
          <dd className={classes.value}>{formatMoment(document._creationTime)}</dd>
        </div>
      </dl>
    </>
  );
}

function FieldValue({ name, value, table }: { name: string; value: unknown; table: string | undefined }) {
  if (value === undefined) return <span className={classes.absent}>not set</span>;
  if (table && typeof value === "string") return <IdLink id={value} table={table} />;
  if (isMoment(name, value)) return formatMoment(value);
  if (value === "") return <span className={classes.absent}>empty</span>;
  if (typeof value === "string")
    return value.length > LONG_CHARACTERS || value.includes("\n") ? <LongText text={value} /> : value;
  if (typeof value !== "object" || value === null) return <code>{String(value)}</code>;
  const large = largeOf(value);
  if (large) return <LongText text={large.preview} note={`the first characters of ${formatBytes(large.bytes)}`} />;
  return (
    <div className={classes.json}>
      <Json value={value} label={name} />
    </div>
  );
}
