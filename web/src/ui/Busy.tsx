import styles from "./Busy.module.css";
import { useDelayed } from "./useDelayed";

type Props = { label: string; page?: boolean; delay?: number };

/** Says what is being waited for; nothing shows for the first moment, so that quick answers do not flicker. */
export function Busy({ label, page = false, delay = 250 }: Props) {
  const shown = useDelayed(true, delay);
  return (
    <div className={page ? styles.page : styles.busy} role="status" aria-live="polite">
      {shown ? (
        <>
          <span className={styles.ring} aria-hidden="true" />
          <span>{label}…</span>
        </>
      ) : null}
    </div>
  );
}
