import { useState } from "react";

import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import { SessionsList } from "~/settings/sessions/SessionsList";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Section } from "~/ui/Section";
import { toast } from "~/ui/toast";

const words = text.profile;

/** Where one is signed in; the other places can be signed out. */
export function MySessions() {
  const [asking, setAsking] = useState(false);
  async function end() {
    await data(api.DELETE("/api/v1/sessions"));
    await queryClient.invalidateQueries({ queryKey: ["sessions"] });
    toast(words.endedOthers);
  }
  const endOthers = (
    <Button size="small" onClick={() => setAsking(true)}>
      {words.endOthers}
    </Button>
  );
  return (
    <Section title={words.sessions} hint={words.sessionsHint} actions={endOthers}>
      <SessionsList of={{}} />
      {asking ? (
        <Confirm
          title={words.endOthersTitle}
          yes={words.endOthersYes}
          onYes={end}
          onClose={() => setAsking(false)}
        >
          {words.endOthersAsk}
        </Confirm>
      ) : null}
    </Section>
  );
}
