import { useId, useMemo } from "react";

import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import type { ChartPanelProps, Result } from "../types";
import { keptOf, obstacle, readChoice, type Choice } from "./choice";
import { Canvas } from "./Canvas";
import { Options } from "./Options";
import { MOST_ROWS } from "./rows";
import { Values } from "./Values";
import { Words } from "./Words";
import styles from "./Chart.module.css";

/** A chart of a result and what may be chosen about it. Nothing chosen, the fields choose. */
export function ChartPanel({ result, chart, onChart, onImage }: ChartPanelProps) {
  const choice = useMemo(() => readChoice(chart, result), [chart, result]);
  const why = obstacle(choice, result);
  const id = useId();
  const left = result.dataRows().length - MOST_ROWS[choice.kind];
  return (
    <div className={styles.panel}>
      <Options
        choice={choice}
        result={result}
        onChoice={(next) => onChart(keptOf(next, result))}
        onReset={chart ? () => onChart(undefined) : undefined}
      />
      <figure className={styles.figure} aria-labelledby={id}>
        <figcaption id={id} className="visually-hidden">
          {captionOf(choice, result)}
        </figcaption>
        {why ? (
          <Empty title={text.chart.obstacles[why]}>{text.chart.obstacleHints[why]}</Empty>
        ) : (
          <Drawing choice={choice} result={result} onImage={onImage} />
        )}
        {!why && left > 0 && choice.kind !== "value" ? (
          <p className={styles.left}>{text.chart.left(MOST_ROWS[choice.kind], result.dataRows().length)}</p>
        ) : null}
      </figure>
    </div>
  );
}

type DrawingProps = { choice: Choice; result: Result; onImage: ChartPanelProps["onImage"] };

function Drawing({ choice, result, onImage }: DrawingProps) {
  if (choice.kind === "value") return <Values choice={choice} result={result} />;
  if (choice.kind === "table") return <Words result={result} />;
  return <Canvas choice={choice} result={result} onImage={onImage} />;
}

function captionOf(choice: Choice, result: Result): string {
  const label = (name: string) => result.column(name)?.label ?? name;
  return text.chart.caption(text.chart.kinds[choice.kind], choice.y.map(label).join(", "), choice.x ? label(choice.x) : "");
}
