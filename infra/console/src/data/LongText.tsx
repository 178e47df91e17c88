import { Button } from "@mantine/core";
import { useState } from "react";
import { formatBytes } from "../format";
import classes from "./LongText.module.css";

const FIRST_CHARACTERS = 4000;

/** A text of any length: its beginning, and the rest when asked for. */
export function LongText({ text, note }: { text: string; note?: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = text.length > FIRST_CHARACTERS && !isWhole;
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys */}
      <pre className={classes.text} tabIndex={0}>
        {isCut ? text.slice(0, FIRST_CHARACTERS) : text}
      </pre>
      <div className={classes.note}>
        {note ?? formatBytes(new Blob([text]).size)}
        {isCut && (
          <Button size="compact-xs" variant="subtle" onClick={() => setWhole(true)}>
            Show all of it
          </Button>
        )}
      </div>
    </div>
  );
}
