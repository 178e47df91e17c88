// What happened, as lines of JSON on standard output; tests/load/records.py reads them.

/** Ms since the epoch, which do not jump. */
export function now() {
  return performance.timeOrigin + performance.now();
}

export function tell(type, fields) {
  process.stdout.write(`${JSON.stringify({ type, ...fields })}\n`);
}

/** What a call was refused or failed with: the code of a ConvexError, or the first line of anything else. */
export function codeOf(error) {
  return error?.data?.code ?? String(error?.message ?? error).split("\n")[0].replace(/Request ID: \S+/, "").slice(0, 120);
}
