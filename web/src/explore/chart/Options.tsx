import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Check, Select } from "~/ui/Field";
import type { Result, ResultColumn } from "../types";
import { KINDS, placesOf, STACKS, type Choice, type Stack } from "./choice";
import { Icon } from "./Icon";
import styles from "./Chart.module.css";

type Props = {
  choice: Choice;
  result: Result;
  onChoice: (choice: Choice) => void;
  onReset: (() => void) | undefined;
};

/** What may be chosen: the kind of chart, which column stands where, how series lie. */
export function Options({ choice, result, onChoice, onReset }: Props) {
  const places = placesOf(result, choice.kind);
  const set = (change: Partial<Choice>) => onChoice({ ...choice, ...change });
  const { kind } = choice;
  const isDrawn = kind !== "value" && kind !== "table";
  const hasSeries = choice.color !== "" || choice.y.length > 1;
  return (
    <form className={styles.options} aria-label={text.chart.options} onSubmit={(event) => event.preventDefault()}>
      <div role="radiogroup" aria-label={text.chart.kind} className={styles.kinds}>
        {KINDS.map((each) => (
          <label key={each} className={styles.kind} title={text.chart.kinds[each]}>
            <input type="radio" name="kind" checked={kind === each} onChange={() => set({ kind: each })} />
            <Icon kind={each} />
            <span>{text.chart.kinds[each]}</span>
          </label>
        ))}
      </div>
      {isDrawn ? (
        <Place label={text.chart.x[kind] ?? ""} value={choice.x} columns={places.x} onChange={(x) => set({ x })} />
      ) : null}
      {kind !== "table" ? <Measures choice={choice} columns={places.y} onChange={(y) => set({ y })} /> : null}
      {isDrawn && kind !== "pie" ? (
        <Place
          label={kind === "heatmap" ? text.chart.rows : text.chart.color}
          value={choice.color}
          columns={places.color.filter((each) => each.name !== choice.x)}
          onChange={(color) => set({ color })}
          none={text.chart.noColor}
        />
      ) : null}
      {(kind === "bar" || kind === "area") && hasSeries ? (
        <Select
          label={text.chart.stack}
          value={choice.stack}
          onChange={(event) => set({ stack: event.target.value as Stack })}
        >
          {STACKS.map((each) => (
            <option key={each} value={each}>
              {text.chart.stacks[each]}
            </option>
          ))}
        </Select>
      ) : null}
      {kind === "bar" ? (
        <Check label={text.chart.flat} checked={choice.isFlat} onChange={(event) => set({ isFlat: event.target.checked })} />
      ) : null}
      {isDrawn && kind !== "scatter" ? (
        <Check label={text.chart.labels} checked={choice.labels} onChange={(event) => set({ labels: event.target.checked })} />
      ) : null}
      {onReset ? <Button onClick={onReset}>{text.chart.reset}</Button> : null}
    </form>
  );
}

type PlaceProps = {
  label: string;
  value: string;
  columns: readonly ResultColumn[];
  onChange: (name: string) => void;
  none?: string;
};

function Place({ label, value, columns, onChange, none }: PlaceProps) {
  return (
    <Select label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {none === undefined ? null : <option value="">{none}</option>}
      {columns.map((each) => (
        <option key={each.name} value={each.name}>
          {each.label}
        </option>
      ))}
    </Select>
  );
}

type MeasuresProps = { choice: Choice; columns: readonly ResultColumn[]; onChange: (names: string[]) => void };

function Measures({ choice, columns, onChange }: MeasuresProps) {
  const onlyOne = choice.kind === "heatmap" || choice.kind === "pie" || (choice.kind !== "value" && choice.color !== "");
  if (onlyOne) {
    return <Place label={text.chart.y} value={choice.y[0] ?? ""} columns={columns} onChange={(name) => onChange([name])} />;
  }
  function toggle(name: string, on: boolean) {
    const next = columns.map((each) => each.name).filter((each) => (each === name ? on : choice.y.includes(each)));
    if (next.length > 0) onChange(next);
  }
  return (
    <fieldset className={styles.measures}>
      <legend>{text.chart.y}</legend>
      {columns.map((each) => (
        <Check
          key={each.name}
          label={each.label}
          checked={choice.y.includes(each.name)}
          onChange={(event) => toggle(each.name, event.target.checked)}
        />
      ))}
    </fieldset>
  );
}
