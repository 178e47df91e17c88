import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";

const ORDER: MantineColorScheme[] = ["auto", "light", "dark"];

export interface SchemeSwitch {
  scheme: MantineColorScheme;
  next: () => void;
}

/** Light, dark, or whatever the system says; kept by the browser. */
export function useSchemeSwitch(): SchemeSwitch {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = ORDER[(ORDER.indexOf(colorScheme) + 1) % ORDER.length] ?? "auto";
  return { scheme: colorScheme, next: () => setColorScheme(next) };
}
