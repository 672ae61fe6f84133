import type { ReactNode } from "react";

import { Check } from "./Field";
import styles from "./Checks.module.css";

type Props = {
  label: string;
  hint?: string;
  options: readonly { value: string; label: ReactNode; disabled?: boolean }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

/** Any of several choices, each with a box. */
export function Checks({ label, hint, options, chosen, onChange }: Props) {
  return (
    <fieldset className={styles.checks}>
      <legend>{label}</legend>
      {hint ? <p className={styles.hint}>{hint}</p> : null}
      <div className={styles.options}>
        {options.map((option) => (
          <Check
            key={option.value}
            label={option.label}
            disabled={option.disabled}
            checked={chosen.includes(option.value)}
            onChange={(event) =>
              onChange(
                event.target.checked
                  ? [...chosen, option.value]
                  : chosen.filter((each) => each !== option.value),
              )
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
