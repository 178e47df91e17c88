import type { Fields, Table } from "../contract";
import { type Draft, DraftError, draftOf, parsed } from "../draft";
import { shapeOfField } from "../shape";

/**
 * Return what a form changes of a document.
 *
 * @throws DraftError: an input's text is no value of its field, or a field that must be there is not.
 */
export function changedFields(table: Table, document: Fields, drafts: Record<string, Draft>): Fields {
  const changed: Fields = {};
  for (const { name } of table.fields) {
    const shape = shapeOfField(table, name);
    const before = draftOf(document[name], shape);
    const draft = name in drafts ? (drafts[name] ?? null) : before;
    const value = parsed(draft, shape, name);
    if (value === undefined && !shape.isOptional) throw new DraftError(name, `${name} is required`);
    if (draft !== before) changed[name] = value ?? null;
  }
  return changed;
}
