import { TextInput } from "@mantine/core";
import { MagnifyingGlassIcon } from "@radix-ui/react-icons";
import { useMemo, useState } from "react";
import type { FunctionInfo } from "../contract";
import { Empty } from "../parts/Empty";
import { href } from "../route";
import classes from "./FunctionList.module.css";

interface FunctionListProps {
  functions: FunctionInfo[];
  current: string | undefined;
}

/** The functions by module, searched by name. */
export function FunctionList({ functions, current }: FunctionListProps) {
  const [wanted, setWanted] = useState("");
  const modules = useMemo(() => byModule(functions, wanted), [functions, wanted]);
  return (
    <nav className={classes.list} aria-label="Functions">
      <TextInput
        className={classes.search ?? ""}
        aria-label="Search functions"
        placeholder="Search functions"
        leftSection={<MagnifyingGlassIcon />}
        value={wanted}
        data-search
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <div className={classes.modules}>
        {modules.length === 0 && <Empty title="No function is called that" />}
        {modules.map(([module, members]) => (
          <section key={module}>
            <h2 className={classes.module}>{module}</h2>
            <ul className={classes.functions}>
              {members.map(({ path, kind, visibility }) => (
                <li key={path}>
                  <a
                    className={classes.function}
                    href={href("functions", [path])}
                    aria-current={path === current ? "page" : undefined}
                  >
                    <span className={classes.kind} data-kind={kind} role="img" aria-label={kind} title={kind}>
                      {kind === "query" ? "Q" : "M"}
                    </span>
                    <span className={classes.name}>{path.slice(module.length + 1)}</span>
                    {visibility !== "public" && <span className={classes.visibility}>{visibility}</span>}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </nav>
  );
}

/** Group functions whose path has all the words by the module before its colon. */
export function byModule(functions: FunctionInfo[], wanted: string): [string, FunctionInfo[]][] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const modules = new Map<string, FunctionInfo[]>();
  for (const info of functions) {
    if (!words.every((word) => info.path.toLowerCase().includes(word))) continue;
    const module = info.path.split(":")[0] ?? "";
    modules.set(module, [...(modules.get(module) ?? []), info]);
  }
  return [...modules].sort(([, [a]], [, [b]]) => rank(a) - rank(b));
}

/** What users call comes first. */
function rank(info: FunctionInfo | undefined): number {
  return Number(info?.visibility !== "public");
}
