import { useId } from "react";

import { Field } from "./Field";

type Props = { label: string; hint: string; value: string; onChange: (zone: string) => void };

const ZONES = Intl.supportedValuesOf("timeZone");

/** A time zone by its IANA name, with the names to choose from. */
export function TimeZone({ label, hint, value, onChange }: Props) {
  const id = useId();
  return (
    <>
      <Field
        label={label}
        hint={hint}
        list={id}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
