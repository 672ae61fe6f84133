import { useState } from "react";

import { goToSignIn } from "~/app/App";
import { api, data } from "~/api/client";
import { queryClient } from "~/api/queries";
import { began, useSession, useSessionEnded } from "~/api/session";
import { text } from "~/text";
import { Field } from "~/ui/Field";
import { FormDialog } from "~/ui/FormDialog";

/** Asks for the password again when the session ended; what is on the page stays as it is. */
export function SignInAgain() {
  const ended = useSessionEnded();
  return ended ? <Asked /> : null;
}

function Asked() {
  const { user } = useSession();
  const [password, setPassword] = useState("");
  async function signIn() {
    const session = await data(api.POST("/api/v1/session", { body: { email: user.email, password } }));
    if (session.user.membershipId !== user.membershipId) return window.location.reload();
    began(session);
    void queryClient.invalidateQueries();
  }
  return (
    <FormDialog
      title={text.shell.sessionEnded}
      submit={text.shell.signIn}
      leave={text.shell.otherSignIn}
      onSubmit={signIn}
      onClose={goToSignIn}
    >
      <p>{text.shell.signInAgain(user.email)}</p>
      <Field
        label={text.shell.password}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </FormDialog>
  );
}
