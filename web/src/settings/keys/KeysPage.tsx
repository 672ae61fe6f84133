import { useState } from "react";

import { usePaged } from "~/api/paged";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { List } from "~/ui/List";
import { Page } from "~/ui/Page";
import type { Column } from "~/ui/Table";
import { Tabs } from "~/ui/Tabs";
import { keyColumns } from "./columns";
import { GenerateKey } from "./GenerateKey";
import { DisableKey, RevokeKey } from "./KeyConfirms";
import { KeyButtons } from "./KeyButtons";
import { KEYS, readKeys, type ApiKey, type Kind } from "./keys";

const words = text.settings.keys;
const TABS: { name: Kind; label: string }[] = [
  { name: "organization", label: words.organization },
  { name: "personal", label: words.personal },
];

/** The keys of the organization: make, switch off and on, revoke. */
export function KeysPage() {
  const [kind, setKind] = useState<Kind>("organization");
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<{ what: "disable" | "revoke"; key: ApiKey }>();
  const keys = usePaged([...KEYS, kind], (cursor) => readKeys(kind, cursor));
  const close = () => setAsking(undefined);
  const columns: Column<ApiKey>[] = [
    ...keyColumns(kind),
    {
      name: words.actions,
      hideName: true,
      end: true,
      of: (key) => <KeyButtons of={key} onAsk={(what) => setAsking({ what, key })} />,
    },
  ];
  const generate = (
    <Button kind="primary" onClick={() => setMaking(true)}>
      {words.generate}
    </Button>
  );
  return (
    <Page title={words.title} intro={words.intro} actions={generate}>
      <Tabs label={words.kinds} tabs={TABS} chosen={kind} onChoose={setKind} panelId="keys" />
      <div id="keys" role="tabpanel" aria-label={TABS.find((tab) => tab.name === kind)?.label} className="stack">
        <List
          of={keys}
          label={words.loading}
          caption={words.title}
          columns={columns}
          keyOf={(key) => key.id}
          empty={kind === "organization" ? <NoKeys /> : <NoTokens />}
        />
      </div>
      {making ? <GenerateKey kind="organization" onClose={() => setMaking(false)} /> : null}
      {asking?.what === "revoke" ? <RevokeKey of={asking.key} onClose={close} /> : null}
      {asking?.what === "disable" ? <DisableKey of={asking.key} onClose={close} /> : null}
    </Page>
  );
}

const NoKeys = () => <Empty title={words.emptyTitle}>{words.emptyHint}</Empty>;
const NoTokens = () => <Empty title={words.noTokensTitle}>{words.noTokensHint}</Empty>;
