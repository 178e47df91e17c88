import { useState } from "react";
import type { Document } from "../contract";
import { formatBytes } from "../format";
import classes from "./StoredPreview.module.css";

/** What a stored object holds: an image as it looks, anything else to download. */
export function StoredPreview({ document }: { document: Document }) {
  const [isBroken, setBroken] = useState(false);
  const url = `${window.location.origin}/api/storage/${document.uuid}`;
  const type = String(document.contentType ?? "application/octet-stream");
  const isImage = type.startsWith("image/") && !isBroken;
  return (
    <figure className={classes.preview}>
      <div className={classes.stage}>
        {isImage ? (
          <img
            className={classes.image}
            src={url}
            alt={`Stored object ${document.uuid}`}
            onError={() => setBroken(true)}
          />
        ) : (
          <span className={classes.type}>{type}</span>
        )}
      </div>
      <figcaption className={classes.caption}>
        {type}, {formatBytes(Number(document.size))}
        <a href={url} download={String(document.uuid)}>
          Download
        </a>
      </figcaption>
    </figure>
  );
}
