import { useState, type FormEvent } from "react";

import { goToSignIn } from "~/app/App";
import { api, data } from "~/api/client";
import { sentence } from "~/api/errors";
import { queryClient } from "~/api/queries";
import { began, useSession, useSessionEnded } from "~/api/session";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Field } from "~/ui/Field";
import { Notice } from "~/ui/Notice";

/** Asks for the password again when the session ended; what is on the page stays as it is. */
export function SignInAgain() {
  const ended = useSessionEnded();
  return ended ? <Asked /> : null;
}

function Asked() {
  const { user } = useSession();
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const session = await data(api.POST("/api/v1/session", { body: { email: user.email, password } }));
      if (session.user.membershipId !== user.membershipId) return window.location.reload();
      began(session);
      void queryClient.invalidateQueries();
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog title={text.shell.sessionEnded} onClose={goToSignIn}>
      <form onSubmit={(event) => void submit(event)}>
        <p>{text.shell.signInAgain(user.email)}</p>
        {wrong ? <Notice tone="bad">{wrong}</Notice> : null}
        <Field
          label={text.shell.password}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Dialog.Buttons>
          <Button onClick={goToSignIn}>{text.shell.otherSignIn}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {text.shell.signIn}
          </Button>
        </Dialog.Buttons>
      </form>
    </Dialog>
  );
}
