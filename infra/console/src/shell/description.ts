import { createContext, useContext } from "react";
import type { Description, Table } from "../contract";

export const DescriptionContext = createContext<Description | null>(null);

/** Return what the deployment is made of. */
export function useDescribed(): Description {
  const description = useContext(DescriptionContext);
  if (!description) throw new Error("Views are shown once the deployment is described");
  return description;
}

/** Find the table that an id is of, by what its row was found in. */
export function tableNamed(description: Description, name: string | undefined): Table | undefined {
  return description.tables.find((table) => table.name === name);
}
