import styles from "./Reference.module.css";

export function Method({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span className={`${styles.method} ${small ? styles.small : ""}`} data-method={name}>
      {name.toUpperCase()}
    </span>
  );
}
