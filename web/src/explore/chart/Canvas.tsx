import { useEffect, useMemo, useRef, useState } from "react";

import { sentence } from "~/api/errors";
import { useIsDark } from "~/app/theme";
import { text } from "~/text";
import { Notice } from "~/ui/Notice";
import type { ChartPanelProps, Result } from "../types";
import type { Choice } from "./choice";
import { draw, pictureOf, type Drawn, type Tip } from "./draw";
import { columnsOf, marksOf } from "./rows";
import { specOf } from "./spec";
import { chartColors, pageColor } from "./theme";
import styles from "./Chart.module.css";

type Props = { choice: Choice; result: Result; onImage: ChartPanelProps["onImage"] };

/** The drawn chart: it follows the size of its place and the colours of the page. */
export function Canvas({ choice, result, onImage }: Props) {
  const isDark = useIsDark();
  const place = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState<Tip>();
  const [wrong, setWrong] = useState<string>();
  const spec = useMemo(() => {
    const { marks } = marksOf(choice, result, text.chart.none);
    return specOf(choice, columnsOf(choice, result), marks, chartColors(isDark, pageColor));
  }, [choice, result, isDark]);
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    let isOver = false;
    let drawn: Drawn | undefined;
    const watcher = new ResizeObserver(() => drawn?.resize(parent.clientWidth, parent.clientHeight));
    draw(spec, parent, (next) => !isOver && setTip(next)).then(
      (made) => {
        if (isOver) return made.view.finalize();
        drawn = made;
        setWrong(undefined);
        watcher.observe(parent);
        onImage(() => pictureOf(made.view, pageColor("--surface")));
        return undefined;
      },
      (error: unknown) => !isOver && setWrong(sentence(error)),
    );
    return () => {
      isOver = true;
      watcher.disconnect();
      drawn?.view.finalize();
      parent.replaceChildren();
      setTip(undefined);
      onImage(undefined);
    };
  }, [spec, onImage]);
  return (
    <div className={styles.place}>
      {wrong ? <Notice tone="bad">{text.chart.failed(wrong)}</Notice> : null}
      <div ref={place} className={styles.canvas} />
      {tip ? <Tooltip tip={tip} width={place.current?.clientWidth ?? 0} /> : null}
    </div>
  );
}

function Tooltip({ tip, width }: { tip: NonNullable<Tip>; width: number }) {
  const side = tip.x > width / 2 ? { right: width - tip.x + 12 } : { left: tip.x + 12 };
  return (
    <dl className={styles.tip} style={{ top: tip.y + 12, ...side }}>
      {tip.lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name.trim()}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
