import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import styles from "./Explore.module.css";
import { COMMAND, SHORTCUTS } from "./shortcuts";

/** The keys of the workbook. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={text.explore.shortcutsTitle} onClose={onClose}>
      <dl className={styles.keys}>
        {SHORTCUTS.map(({ name, keys }) => (
          <div key={name}>
            <dt>{text.explore.shortcuts[name]}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{key === "Mod" ? COMMAND : key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <Dialog.Buttons>
        <Button autoFocus onClick={onClose}>
          {text.common.close}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
