import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const slate: MantineColorsTuple = [
  "#e7e9ee",
  "#b9bdc9",
  "#9297a6",
  "#6a7080",
  "#3d4351",
  "#2a2f3a",
  "#20242d",
  "#14171d",
  "#0f1116",
  "#0a0c10",
];

const iris: MantineColorsTuple = [
  "#f1f1fe",
  "#e3e3fb",
  "#c8c8f5",
  "#a9a9ee",
  "#8b8be6",
  "#7272de",
  "#5b5bd6",
  "#4a4ac2",
  "#3d3da6",
  "#2f2f84",
];

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 5 },
  colors: { dark: slate, iris },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: "md",
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "16px" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs", comboboxProps: { shadow: "md" }, checkIconPosition: "right" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
  },
});

/** The few colours that the console adds to the library's. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1c1f28",
    "--mantine-color-dimmed": "#646a7a",
    "--line": "#e6e8ee",
    "--sunken": "#f7f8fa",
    "--hover": "#f1f2f6",
    "--selected": "#ececfb",
    "--faint": "#9299a8",
    "--good": "#1a7f4b",
    "--bad": "#c8293b",
    "--warn": "#a05a00",
    "--accent": "#5b5bd6",
    "--text-string": "#1f6f4a",
    "--text-number": "#3a57c4",
    "--text-key": "#7a3fb0",
  },
  dark: {
    "--mantine-color-body": "#14171d",
    "--mantine-color-dimmed": "#9297a6",
    "--line": "#262b35",
    "--sunken": "#0f1116",
    "--hover": "#1b1f27",
    "--selected": "#24264a",
    "--faint": "#747b8c",
    "--good": "#4fc98a",
    "--bad": "#ff7583",
    "--warn": "#e9a94b",
    "--accent": "#9a9af0",
    "--text-string": "#7fd0a3",
    "--text-number": "#8fb0ff",
    "--text-key": "#c79bf0",
  },
});
