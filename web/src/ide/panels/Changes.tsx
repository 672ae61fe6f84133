import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { Loaded } from "~/ui/Loaded";
import { Tag } from "~/ui/Tag";
import { Compare } from "../code/Compare";
import type { Diff } from "../data/queries";
import type { Workbench } from "../data/workbench";
import styles from "./Changes.module.css";

const words = text.ide;
const TONES = { added: "good", changed: "warn", removed: "bad" } as const;

/** What the branch says beyond its model, file by file. */
export function Changes({ bench, onClose }: { bench: Workbench; onClose: () => void }) {
  const name = bench.branch?.name ?? "";
  return (
    <div className={styles.changes}>
      <div className={styles.head}>
        <h2>{words.changesTitle(name)}</h2>
        <Button size="small" onClick={onClose}>
          {words.backToFile}
        </Button>
      </div>
      <Loaded of={bench.diff} label={words.loadingFiles}>
        {(diff) =>
          diff.files.length === 0 ? (
            <Empty title={words.noChanges}>{words.noChangesHint}</Empty>
          ) : (
            <>
              <p className={styles.soft}>{words.changesNote}</p>
              {diff.files.map((each) => (
                <One key={each.path} file={each} onOpen={() => bench.open(each.path)} onClose={onClose} />
              ))}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

type OneProps = { file: Diff["files"][number]; onOpen: () => void; onClose: () => void };

function One({ file, onOpen, onClose }: OneProps) {
  const { path, status, before, after } = file;
  return (
    <section className={styles.file} aria-label={path}>
      <h3>
        <bdi>{path}</bdi> <Tag tone={TONES[status]}>{words.statuses[status]}</Tag>
        {after === null ? null : (
          <Button
            size="small"
            kind="quiet"
            onClick={() => {
              onClose();
              onOpen();
            }}
          >
            {words.openFile}
          </Button>
        )}
      </h3>
      <Compare left={before ?? ""} right={after ?? ""} leftLabel={words.before} rightLabel={words.after} />
    </section>
  );
}
