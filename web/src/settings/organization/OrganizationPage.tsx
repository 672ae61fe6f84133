import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { text } from "~/text";
import { Check, Field } from "~/ui/Field";
import { Loaded } from "~/ui/Loaded";
import { Page } from "~/ui/Page";
import { SavedForm } from "~/ui/SavedForm";
import { TimeZone } from "~/ui/TimeZone";

type Organization = components["schemas"]["Organization"];

const words = text.settings.organization;
const KEY = ["organization"];

/** What holds for every member. */
export function OrganizationPage() {
  const settings = useQuery({ queryKey: KEY, queryFn: () => data(api.GET("/api/v1/organization")) });
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={settings} label={words.loading}>
        {(now) => <Form now={now} />}
      </Loaded>
    </Page>
  );
}

function Form({ now }: { now: Organization }) {
  const [name, setName] = useState(now.name);
  const [zone, setZone] = useState(now.defaultTimeZone ?? "");
  const [tokens, setTokens] = useState(now.personalTokens);
  async function save() {
    const body = { name, defaultTimeZone: zone.trim() || null, personalTokens: tokens };
    queryClient.setQueryData(KEY, await data(api.PATCH("/api/v1/organization", { body })));
  }
  return (
    <SavedForm label={words.title} onSave={save} saved={words.saved}>
      <Field label={words.name} required value={name} onChange={(event) => setName(event.target.value)} />
      <TimeZone label={words.zone} hint={words.zoneHint} value={zone} onChange={setZone} />
      <div>
        <Check label={words.tokens} checked={tokens} onChange={(event) => setTokens(event.target.checked)} />
        <p className="hint">{words.tokensHint}</p>
      </div>
    </SavedForm>
  );
}
