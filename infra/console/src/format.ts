/** Numbers, times and sizes as people read them. */
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const NUMBER = new Intl.NumberFormat("en-GB");
const COMPACT = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });

export const formatNumber = (number: number): string => NUMBER.format(number);
export const formatCompact = (number: number): string =>
  Math.abs(number) < 10_000 ? NUMBER.format(number) : COMPACT.format(number);

/** `14:03:09.120` */
export function formatTime(ms: number): string {
  return `${TIME.format(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
}

/** `26 Nov 2026, 14:03:09` */
export function formatMoment(ms: number): string {
  return `${DATE.format(ms)}, ${TIME.format(ms)}`;
}

/** `3 min ago` */
export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 5) return "just now";
  return `${formatSpan(seconds)} ago`;
}

/** `45 s`, `12 min`, `3 h`, `2 d` */
export function formatSpan(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** `0.4 ms`, `12 ms`, `1.2 s` */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** `512 B`, `1.0 MiB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size.toFixed(size < 10 ? 1 : 0)} ${units[unit]}`;
}

/** `$0.0000021` with as many digits as say something. */
export function formatCost(usd: number): string {
  if (usd === 0) return "$0";
  return usd >= 1
    ? `$${usd.toFixed(2)}`
    : `$${Number(usd.toPrecision(2)).toFixed(Math.min(9, 1 - Math.floor(Math.log10(usd))))}`;
}

/** Whether a number of a field with this name is a time in ms since the epoch. */
export function isMoment(name: string, value: unknown): value is number {
  return typeof value === "number" && value > 1e12 && value < 1e13 && /(At|By|Time|Ms|^at)$/.test(name);
}

/** `12 %`, `0.4 %`, `< 0.1 %` */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** `1 row`, `5,000 rows` */
export function formatCount(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}
