import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import styles from "./QuickOpen.module.css";

/** The keys of the page. */
export function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={text.ide.helpTitle} onClose={onClose}>
      <dl className={styles.keys}>
        {text.ide.keys.map(([keys, what]) => (
          <div key={keys} style={{ display: "contents" }}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.soft}>{text.ide.onMac}</p>
      <Dialog.Buttons>
        <Button onClick={onClose} autoFocus>
          {text.common.close}
        </Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
