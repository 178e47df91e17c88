// How texts become frames that API Gateway carries: see docs/adr/0011-frames-with-numbers.md of the backend.

/** The most bytes of a frame. API Gateway closes a socket on a frame above 32 KB. */
export const FRAME_BYTES: number = 24 * 1024;

/** The most bytes of a text; the backend closes a socket on a larger one. */
export const TEXT_BYTES: number = 4 * 1024 * 1024;

/** Room for what surrounds a part in its frame. */
const ENVELOPE_BYTES = 96;

/** Return how many bytes a text takes as UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Return the frames of a text, the first of which has the number `first`. */
export function framesOf(text: string, first: number): string[] {
  const parts = cut(text, FRAME_BYTES - ENVELOPE_BYTES);
  return parts.map((part, place) =>
    JSON.stringify({ type: "Part", number: first + place, left: parts.length - place - 1, text: part }),
  );
}

/** Cut a text, between characters, into pieces of which each takes at most `mostBytes` within a JSON string. */
function cut(text: string, mostBytes: number): string[] {
  const parts: string[] = [];
  let start = 0;
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!;
    const bytes = writtenBytes(code);
    if (size + bytes > mostBytes) {
      parts.push(text.slice(start, at));
      start = at;
      size = 0;
    }
    size += bytes;
    at += code > 0xffff ? 2 : 1;
  }
  return [...parts, text.slice(start)];
}

/** Return how many bytes a character takes within a JSON string; `\n` and half a character are escaped. */
function writtenBytes(code: number): number {
  if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) return 6;
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
