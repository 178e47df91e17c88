// Text can be read on everything that it stands on: 4.5 to 1, as WCAG AA has it.
import { variables } from "../../infra/console/src/theme";

const TEXTS = [
  "--mantine-color-dimmed",
  "--mantine-color-placeholder",
  "--mantine-color-error",
  "--faint",
  "--good",
  "--bad",
  "--warn",
  "--accent",
  "--text-string",
  "--text-number",
  "--text-key",
];
const GROUNDS = ["--mantine-color-body", "--sunken", "--hover"];
const LEAST = 4.5;

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [more = 0, less = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (more + 0.05) / (less + 0.05);
}

test.each(["light", "dark"] as const)("text can be read in all colours where it is %s", (scheme) => {
  const colours = variables({} as never)[scheme];
  const pairs = TEXTS.flatMap((text) => GROUNDS.map((ground) => ({ text, ground })));
  const told = pairs.map((pair) => ({ ...pair, ratio: contrast(colours[pair.text] ?? "", colours[pair.ground] ?? "") }));
  expect(told.filter(({ ratio }) => !(ratio >= LEAST))).toEqual([]);
});
