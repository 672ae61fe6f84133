import { text } from "~/text";
import { Loaded } from "~/ui/Loaded";
import { Page } from "~/ui/Page";
import { Section } from "~/ui/Section";
import { GrantsList } from "~/settings/sessions/GrantsList";
import { About } from "./About";
import { MySessions } from "./MySessions";
import { Password } from "./Password";
import { useProfile } from "./profile";
import { Tokens } from "./Tokens";

const words = text.profile;

/** Oneself: name, password, and what acts in one's name. */
export function Component() {
  const profile = useProfile();
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded of={profile} label={words.loading}>
        {(now) => (
          <>
            <About of={now} />
            <Password of={now} />
          </>
        )}
      </Loaded>
      <Tokens />
      <MySessions />
      <Section title={words.applications} hint={words.applicationsHint}>
        <GrantsList />
      </Section>
    </Page>
  );
}
