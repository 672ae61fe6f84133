import { text } from "~/text";
import { Button } from "./Button";
import { dismiss, useToasts } from "./toast";
import styles from "./Toasts.module.css";

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className={styles.toasts} role="log" aria-live="polite" aria-label={text.shell.messages}>
      {toasts.map((each) => (
        <div key={each.id} className={`${styles.toast} ${styles[each.tone]}`}>
          <span>{each.text}</span>
          {each.action ? (
            <Button size="small" onClick={each.action.run}>
              {each.action.label}
            </Button>
          ) : null}
          <Button size="small" kind="quiet" aria-label={text.common.close} onClick={() => dismiss(each.id)}>
            ×
          </Button>
        </div>
      ))}
    </div>
  );
}
