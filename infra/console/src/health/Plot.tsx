import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Series } from "../contract";
import { formatBytes, formatCompact, formatCost, formatDuration } from "../format";
import classes from "./Plot.module.css";

const HEIGHT_PX = 140;
const LABELS: Record<string, string> = {
  calls: "Calls per minute",
  errors: "Errors per minute",
  throttles: "Throttles per minute",
  p50Ms: "Latency, median",
  p99Ms: "Latency, 99th percentile",
};

/** A series over time. */
export function Plot({ series }: { series: Series }) {
  const { ref, width } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  const last = series.points.at(-1)?.[1];

  // biome-ignore lint/correctness/useExhaustiveDependencies: its colours are read from the page, which the scheme changes
  useEffect(() => {
    if (!frame.current || width === 0) return;
    const plot = new uPlot(optionsOf(series, width, colours(frame.current)), dataOf(series), frame.current);
    return () => plot.destroy();
  }, [series, width, scheme]);

  return (
    <figure className={classes.plot}>
      <figcaption className={classes.caption}>
        <span>{LABELS[series.name] ?? series.name}</span>
        <span className={classes.last}>{last === undefined ? "–" : formatIn(series.unit, last)}</span>
      </figcaption>
      <div ref={ref} className={classes.space} style={{ height: HEIGHT_PX }}>
        <div ref={frame} role="img" aria-label={`${LABELS[series.name] ?? series.name} over time`} />
      </div>
    </figure>
  );
}

interface Colours {
  line: string;
  text: string;
  grid: string;
}

function colours(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  return {
    line: style.getPropertyValue("--accent"),
    text: style.getPropertyValue("--faint"),
    grid: style.getPropertyValue("--line"),
  };
}

function dataOf({ points }: Series): uPlot.AlignedData {
  return [points.map(([ms]) => ms / 1000), points.map(([, value]) => value)];
}

function optionsOf({ unit }: Series, width: number, { line, text, grid }: Colours): uPlot.Options {
  const axis = { stroke: text, font: "11px 'Inter Variable', sans-serif", ticks: { show: false } };
  return {
    width,
    height: HEIGHT_PX,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        values: (_plot, splits) => splits.map((second) => clock(second * 1000)),
      },
      {
        ...axis,
        grid: { stroke: grid, width: 1 },
        size: 58,
        values: (_plot, splits) => splits.map((value) => formatIn(unit, value)),
      },
    ],
    series: [
      {},
      { stroke: line, width: 1.5, fill: `color-mix(in srgb, ${line} 12%, transparent)`, points: { show: false } },
    ],
  };
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clock = (ms: number) => CLOCK.format(ms);

function formatIn(unit: string, value: number): string {
  switch (unit.toLowerCase()) {
    case "ms":
    case "milliseconds":
      return formatDuration(value);
    case "bytes":
      return formatBytes(value);
    case "usd":
    case "$":
      return formatCost(value);
    default:
      return formatCompact(Number(value.toPrecision(3)));
  }
}
