import { createContext, useContext } from "react";
import type { Call } from "./call";
import type { Operate } from "./operations";

/** What is asked over HTTP. */
export interface Door {
  operate: Operate;
  call: Call;
}

const nobody = () => Promise.reject(new Error("There is no deployment here"));

export const DoorContext = createContext<Door>({ operate: nobody, call: nobody });

export const useDoor = () => useContext(DoorContext);
