// Texts that say which operation wrote them, in their first word: `op-3-17`.

const LINE = "const answer = compute(\"forty-two\", { of: everything }); // é\n";

/** A text of about `bytes` bytes that an operation writes. */
export function textOf(operation, bytes) {
  const lines = Math.max(0, Math.round((bytes - operation.length - 1) / Buffer.byteLength(LINE)));
  return `${operation}\n${LINE.repeat(lines)}`;
}

/** The operation that wrote a text or chose a name, or null: none of the load's. */
export function operationOf(text) {
  return /^op-\d+-\d+(?![\d])/.exec(text ?? "")?.[0] ?? null;
}
