// Randomness by a seed.
import { createHash } from "node:crypto";

export function dice(seed) {
  let count = 0;
  const real = () => createHash("sha256").update(`${seed}/${++count}`).digest().readUInt32BE() / 2 ** 32;
  const pick = (list) => list[Math.floor(real() * list.length)];
  return {
    real,
    pick,
    shuffled: (list) => [...list].sort(() => real() - 0.5),
    /** A choice among [what, weight]. */
    weighted: (choices) => pick(choices.flatMap((choice) => Array(choice[1]).fill(choice))),
  };
}
