import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { ArrowLeftIcon, PlayIcon } from "@radix-ui/react-icons";
import { type FormEvent, useRef, useState } from "react";
import { useOperate } from "../api";
import type { FunctionInfo, Ran } from "../contract";
import { DraftError } from "../draft";
import { messageOf } from "../errors";
import { href } from "../route";
import { ArgumentsForm } from "./ArgumentsForm";
import { type ArgumentDrafts, argumentsOf, textOf } from "./argumentDrafts";
import classes from "./FunctionRunner.module.css";
import { IdentityInput, identityOf, type Who } from "./IdentityInput";
import { RunResult } from "./RunResult";

/** A function: what it is for, its arguments to fill in, whom to run it as, and what came of it. */
export function FunctionRunner({ info }: { info: FunctionInfo }) {
  const operate = useOperate();
  const [drafts, setDrafts] = useState<ArgumentDrafts>({ mode: "form", byName: {}, text: "{}" });
  const [who, setWho] = useState<Who>({
    kind: info.visibility === "public" ? "subject" : "internal",
    subject: "",
    email: "",
  });
  const [refusal, setRefusal] = useState<{ field?: string; message: string }>();
  const [ran, setRan] = useState<Ran>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useHotkeys([["mod+Enter", () => form.current?.requestSubmit()]], []);

  async function run(event: FormEvent) {
    event.preventDefault();
    setRefusal(undefined);
    setBusy(true);
    try {
      const args = argumentsOf(drafts, info.arguments);
      setRan(await operate("run", { path: info.path, args, ...identityOf(who) }));
    } catch (error) {
      setRan(undefined);
      setRefusal({ message: messageOf(error), ...(error instanceof DraftError && { field: error.field }) });
    } finally {
      setBusy(false);
    }
  }

  const [summary, ...rest] = info.description.split("\n");
  const details = rest.join("\n").trim();
  return (
    <form ref={form} className={classes.runner} onSubmit={run} noValidate>
      <header className={classes.header}>
        <ActionIcon component="a" href={href("functions")} className={classes.back ?? ""} aria-label="All functions">
          <ArrowLeftIcon />
        </ActionIcon>
        <h1 className={classes.path}>{info.path}</h1>
        <span className={classes.kind}>
          {info.visibility === "public" ? "" : `${info.visibility} `}
          {info.kind}
        </span>
      </header>
      <div className={classes.body}>
        <p className={classes.summary}>{summary}</p>
        {details && <pre className={classes.details}>{details}</pre>}
        <div className={classes.bar}>
          <h2 className={classes.title}>Arguments</h2>
          <SegmentedControl
            aria-label="Arguments as"
            value={drafts.mode}
            data={[
              { value: "form", label: "Form" },
              { value: "json", label: "JSON" },
            ]}
            onChange={(mode) =>
              setDrafts((before) => ({
                ...before,
                mode: mode as ArgumentDrafts["mode"],
                ...(mode === "json" && { text: textOf(before, info.arguments) }),
              }))
            }
          />
        </div>
        <ArgumentsForm schema={info.arguments} drafts={drafts} refusal={refusal} onChange={setDrafts} />
        <IdentityInput who={who} refusal={refusal} onChange={setWho} />
        {refusal && !refusal.field && (
          <p className={classes.refusal} role="alert">
            {refusal.message}
          </p>
        )}
        <div className={classes.actions}>
          <Button type="submit" loading={isBusy} leftSection={<PlayIcon />}>
            Run {info.kind}
          </Button>
          <span className={classes.hint}>Ctrl Enter</span>
        </div>
        {ran && <RunResult ran={ran} />}
      </div>
    </form>
  );
}
