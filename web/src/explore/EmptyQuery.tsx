import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import styles from "./Explore.module.css";
import type { Topic } from "./fields/info";
import { sampleQueries } from "./query/samples";
import type { QueryState } from "./types";

type Props = { topic: Topic; query: QueryState; onOpen: (query: QueryState) => void };

/** What shows before the first question: how asking works, and some questions to begin with. */
export function EmptyQuery({ topic, query, onOpen }: Props) {
  if (query.sql !== null) return <Empty title={text.explore.emptyTitle}>{text.explore.emptySql}</Empty>;
  const samples = sampleQueries(topic);
  return (
    <Empty title={text.explore.emptyTitle}>
      <p>{topic.description}</p>
      <p>{text.explore.emptyHint}</p>
      {samples.length > 0 ? (
        <>
          <p className={styles.samplesTitle}>{text.explore.samples}</p>
          <ul className={styles.samples}>
            {samples.map((sample) => (
              <li key={sample.name}>
                <Button onClick={() => onOpen(sample.query)}>{sample.name}</Button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Empty>
  );
}
