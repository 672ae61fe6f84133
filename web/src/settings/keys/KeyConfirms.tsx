import { text } from "~/text";
import { Confirm } from "~/ui/Confirm";
import { toast } from "~/ui/toast";
import { revokeKey, switchKey, type ApiKey } from "./keys";

const words = text.settings.keys;
type Props = { of: ApiKey; onClose: () => void };

export function RevokeKey({ of: key, onClose }: Props) {
  async function revoke() {
    await revokeKey(key.id);
    toast(words.revoked(key.name));
  }
  return (
    <Confirm title={words.revokeTitle} yes={words.revokeYes} onYes={revoke} onClose={onClose}>
      {words.revokeAsk(key.name)}
    </Confirm>
  );
}

export function DisableKey({ of: key, onClose }: Props) {
  async function disable() {
    await switchKey(key.id, false);
    toast(words.wasDisabled(key.name));
  }
  return (
    <Confirm title={words.disableTitle} yes={words.disableYes} onYes={disable} onClose={onClose}>
      {words.disableAsk(key.name)}
    </Confirm>
  );
}
