import { memo } from "react";
import classes from "./Json.module.css";

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/gi;
const COLOURED_CHARACTERS = 60_000;

/** A value as coloured JSON; a very long one stays plain, so that the page stays quick. */
export const Json = memo(function Json({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? "undefined";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys
    <section className={classes.json} tabIndex={0} aria-label={label}>
      {text.length > COLOURED_CHARACTERS ? text : coloured(text)}
    </section>
  );
});

function coloured(text: string) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, string, colon, word] = match;
    pieces.push(text.slice(end, match.index));
    const kind = string ? (colon ? "key" : "string") : word ? "word" : "number";
    pieces.push(
      <span key={match.index} className={classes[kind]}>
        {string && colon ? string : whole}
      </span>,
    );
    if (string && colon) pieces.push(colon);
    end = match.index + whole.length;
  }
  pieces.push(text.slice(end));
  return pieces;
}
