import { Kbd, Modal } from "@mantine/core";
import classes from "./Help.module.css";

const SHORTCUTS: [string, [string[], string][]][] = [
  [
    "Everywhere",
    [
      [["g", "d"], "Data"],
      [["g", "f"], "Functions"],
      [["g", "l"], "Logs"],
      [["g", "v"], "Live"],
      [["g", "j"], "Jobs"],
      [["g", "h"], "Health"],
      [["/"], "Search or filter"],
      [["Shift", "T"], "Switch colours"],
      [["?"], "This help"],
    ],
  ],
  [
    "Tables",
    [
      [["↑", "↓"], "Move between rows"],
      [["PgUp", "PgDn"], "Move by a screen"],
      [["Home", "End"], "First or last loaded row"],
      [["Enter"], "Open the row"],
      [["Esc"], "Close the panel"],
    ],
  ],
  [
    "Data and functions",
    [
      [["n"], "Insert a document"],
      [["e"], "Edit the open document"],
      [["Ctrl", "Enter"], "Save, or run"],
    ],
  ],
];

/** The dialog of keyboard shortcuts. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <div className={classes.groups}>
        {SHORTCUTS.map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className={classes.title}>{group}</h3>
            <dl className={classes.list}>
              {shortcuts.map(([keys, meaning]) => (
                <div key={meaning} className={classes.row}>
                  <dt>{meaning}</dt>
                  <dd className={classes.keys}>
                    {keys.map((key) => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
