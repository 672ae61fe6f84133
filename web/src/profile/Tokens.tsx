import { useState } from "react";

import { api, data } from "~/api/client";
import { usePaged } from "~/api/paged";
import { keyColumns } from "~/settings/keys/columns";
import { GenerateKey } from "~/settings/keys/GenerateKey";
import { KeyButtons } from "~/settings/keys/KeyButtons";
import { RevokeKey } from "~/settings/keys/KeyConfirms";
import { KEYS, type ApiKey } from "~/settings/keys/keys";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Empty } from "~/ui/Empty";
import { List } from "~/ui/List";
import { Section } from "~/ui/Section";
import type { Column } from "~/ui/Table";

const words = text.profile;
const WORDS = { generate: words.generate, made: words.madeToken, once: words.once, inherits: words.inherits };

/** One's own tokens: make, and revoke. */
export function Tokens() {
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  const tokens = usePaged([...KEYS, "own"], (cursor) =>
    data(api.GET("/api/v1/personal-tokens", { params: { query: { pageSize: 50, cursor } } })),
  );
  const columns: Column<ApiKey>[] = [
    ...keyColumns("personal").filter((each) => each.name !== text.settings.keys.creator),
    {
      name: text.settings.keys.actions,
      hideName: true,
      end: true,
      of: (key) => <KeyButtons of={key} onAsk={() => setRevoking(key)} />,
    },
  ];
  const generate = (
    <Button size="small" onClick={() => setMaking(true)}>
      {words.generate}
    </Button>
  );
  return (
    <Section title={words.tokens} hint={words.tokensHint} actions={generate}>
      <List
        of={tokens}
        label={text.settings.keys.loading}
        caption={words.tokens}
        columns={columns}
        keyOf={(each) => each.id}
        empty={<Empty title={words.noTokensTitle}>{words.noTokensHint}</Empty>}
      />
      {making ? <GenerateKey kind="personal" words={WORDS} onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeKey of={revoking} onClose={() => setRevoking(undefined)} /> : null}
    </Section>
  );
}
