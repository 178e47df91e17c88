import type { FunctionHealth } from "../contract";

export type Sort = { by: keyof FunctionHealth; direction: "asc" | "desc" };

/** Sort by a column; what is not known comes last. */
export function sorted(functions: FunctionHealth[], { by, direction }: Sort): FunctionHealth[] {
  const sign = direction === "asc" ? 1 : -1;
  return functions.toSorted((a, b) => {
    const [left, right] = [a[by] ?? -1, b[by] ?? -1];
    return sign * (typeof left === "string" ? left.localeCompare(String(right)) : Number(left) - Number(right));
  });
}
