import { useState } from "react";

import { text } from "~/text";
import { CopyButton } from "~/ui/CopyButton";
import { Tabs } from "~/ui/Tabs";
import type { Operation } from "./openapi";
import { cli, curl, pythonSdk, type Call } from "./snippets";
import styles from "./Reference.module.css";

type Form = "curl" | "python" | "cli";

/** The call in the forms that people use, with the reader's own address and values. */
export function Examples({ operation, call }: { operation: Operation; call: Call }) {
  const [form, setForm] = useState<Form>("curl");
  const shown = { curl, python: pythonSdk, cli }[form](operation, call);
  const tabs = (["curl", "python", "cli"] as const).map((name) => ({ name, label: text.reference.forms[name] }));
  return (
    <section>
      <h2>{text.reference.example}</h2>
      <Tabs label={text.reference.example} tabs={tabs} chosen={form} onChoose={setForm} panelId="example" />
      <div id="example" role="tabpanel" aria-label={text.reference.forms[form]} className={styles.example}>
        {shown === undefined ? (
          <p className={styles.soft}>{text.reference.notInCli}</p>
        ) : (
          <>
            <pre tabIndex={0}>{shown}</pre>
            <CopyButton value={shown} />
          </>
        )}
      </div>
    </section>
  );
}
