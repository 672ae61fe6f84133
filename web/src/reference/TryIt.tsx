import { useRef, useState, type FormEvent } from "react";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Field } from "~/ui/Field";
import { Notice } from "~/ui/Notice";
import type { Operation } from "./openapi";
import { isOpen, type Call } from "./snippets";
import { attempt, type Answer } from "./trial";
import type { SetCall } from "./useCall";
import styles from "./Reference.module.css";

type Props = { operation: Operation; call: Call; set: SetCall };

/** Sends the call with a key that the reader pastes. The key lives in this form alone and is never stored. */
export function TryIt({ operation, call, set }: Props) {
  const [key, setKey] = useState("");
  const [answer, setAnswer] = useState<Answer>();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController>(undefined);
  async function submit(event: FormEvent) {
    event.preventDefault();
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setBusy(true);
    setWrong(undefined);
    try {
      setAnswer(await attempt(operation, call, key, mine.signal));
    } catch (error) {
      if (!mine.signal.aborted) setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  const missing = (operation.parameters ?? []).filter((each) => each.in === "path" && !call.path[each.name]);
  return (
    <section>
      <h2>{text.reference.tryIt}</h2>
      <form className={styles.trial} onSubmit={(event) => void submit(event)}>
        {isOpen(operation) ? (
          <p className={styles.soft}>{text.reference.noKey}</p>
        ) : (
          <Field
            label={text.reference.key}
            hint={text.reference.keyHint}
            type="password"
            autoComplete="off"
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        )}
        {call.body !== undefined ? (
          <label className={styles.bodyInput}>
            {text.reference.body}
            <textarea
              value={call.body}
              rows={Math.min(18, call.body.split("\n").length + 1)}
              spellCheck={false}
              onChange={(event) => set({ body: event.target.value })}
            />
          </label>
        ) : null}
        {missing.length > 0 ? (
          <p className={styles.soft}>{text.reference.fill(missing.map((each) => each.name).join(", "))}</p>
        ) : null}
        <div className={styles.trialButtons}>
          <Button kind="primary" type="submit" busy={busy} disabled={missing.length > 0}>
            {text.reference.send}
          </Button>
          {busy ? <Button onClick={() => running.current?.abort()}>{text.common.cancel}</Button> : null}
        </div>
      </form>
      {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
      {answer ? <Shown answer={answer} /> : null}
    </section>
  );
}

function Shown({ answer }: { answer: Answer }) {
  return (
    <div className={styles.answer} role="region" aria-label={text.reference.answer}>
      <p>
        <strong data-class={String(answer.status)[0]}>
          {answer.status} {answer.reason}
        </strong>{" "}
        <span className={styles.soft}>
          {answer.type} · {text.reference.size(answer.bytes)} · {text.reference.took(answer.seconds)}
          {answer.requestId ? ` · ${text.reference.requestId} ${answer.requestId}` : ""}
        </span>
      </p>
      {answer.text === undefined ? (
        <p className={styles.soft}>{text.reference.binary}</p>
      ) : (
        <pre tabIndex={0}>{answer.text || text.reference.emptyAnswer}</pre>
      )}
      {answer.cut ? <p className={styles.soft}>{text.reference.cut}</p> : null}
    </div>
  );
}
