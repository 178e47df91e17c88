import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import {
  ActivityLogIcon,
  CodeIcon,
  DesktopIcon,
  DotsHorizontalIcon,
  ExitIcon,
  HeartIcon,
  LayersIcon,
  LightningBoltIcon,
  MoonIcon,
  QuestionMarkCircledIcon,
  SunIcon,
  TableIcon,
} from "@radix-ui/react-icons";
import { type ComponentType, useContext } from "react";
import { href, VIEWS, type View } from "../route";
import { DescriptionContext } from "./description";
import classes from "./Navigation.module.css";
import { Star } from "./Star";
import type { SchemeSwitch } from "./useSchemeSwitch";

const LABELS: Record<View, [string, ComponentType<{ className?: string }>]> = {
  data: ["Data", TableIcon],
  functions: ["Functions", CodeIcon],
  logs: ["Logs", ActivityLogIcon],
  live: ["Live", LightningBoltIcon],
  jobs: ["Jobs", LayersIcon],
  health: ["Health", HeartIcon],
};

const SCHEMES = { auto: ["System", DesktopIcon], light: ["Light", SunIcon], dark: ["Dark", MoonIcon] } as const;

interface NavigationProps {
  view: View;
  scheme: SchemeSwitch;
  onHelp: () => void;
  onSignOut: () => void;
}

/** The views, at the side of a laptop's screen and at the foot of a phone's. */
export function Navigation({ view, scheme, onHelp, onSignOut }: NavigationProps) {
  const [schemeLabel, SchemeIcon] = SCHEMES[scheme.scheme];
  return (
    <nav className={classes.navigation} aria-label="Views">
      <div className={classes.brand}>
        <Star />
        <span className={classes.name}>Polaris</span>
        <Stage />
      </div>
      <ul className={classes.views}>
        {VIEWS.map((name) => {
          const [label, Icon] = LABELS[name];
          return (
            <li key={name}>
              <a className={classes.view} href={href(name)} aria-current={name === view ? "page" : undefined}>
                <Icon className={classes.icon ?? ""} />
                <span>{label}</span>
              </a>
            </li>
          );
        })}
        <li className={classes.more}>
          <Menu position="top-end" shadow="md">
            <Menu.Target>
              <button type="button" className={classes.view}>
                <DotsHorizontalIcon className={classes.icon ?? ""} />
                <span>More</span>
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<SchemeIcon />} closeMenuOnClick={false} onClick={scheme.next}>
                Colours: {schemeLabel}
              </Menu.Item>
              <Menu.Item leftSection={<ExitIcon />} onClick={onSignOut}>
                Sign out
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </li>
      </ul>
      <div className={classes.tools}>
        <Tooltip label={`Colours: ${schemeLabel}`}>
          <ActionIcon onClick={scheme.next} aria-label={`Colours: ${schemeLabel}. Switch`}>
            <SchemeIcon />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Shortcuts (?)">
          <ActionIcon onClick={onHelp} aria-label="Shortcuts">
            <QuestionMarkCircledIcon />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Sign out">
          <ActionIcon onClick={onSignOut} aria-label="Sign out">
            <ExitIcon />
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}

function Stage() {
  const description = useContext(DescriptionContext);
  return (
    <span className={classes.stage} title={description ? `Version ${description.version}` : undefined}>
      {description?.stage ?? "…"}
    </span>
  );
}
