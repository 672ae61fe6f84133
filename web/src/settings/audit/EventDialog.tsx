import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Dialog } from "~/ui/Dialog";
import { Facts } from "~/ui/Section";
import { moment } from "~/ui/times";
import type { AuditEvent } from "./AuditPage";
import { actionName } from "./filter";

const words = text.settings.audit;

/** Everything that was written down of one event. */
export function EventDialog({ of: event, onClose }: { of: AuditEvent; onClose: () => void }) {
  const facts = [
    [words.at, moment(event.at)],
    [words.actor, event.actor ? `${event.actor.name ?? ""} ${event.actor.email ?? ""}` : words.operator],
    [words.thing, event.object ? `${event.object.type} ${event.object.id ?? ""}` : text.common.none],
    [words.address, event.address ?? text.common.none],
    [words.agent, event.userAgent ?? text.common.none],
    [words.credential, event.credential?.kind ?? text.common.none],
    [words.request, event.requestId ?? text.common.none],
    [words.id, event.id],
  ] as const;
  return (
    <Dialog title={actionName(event.action)} onClose={onClose} wide>
      <Facts of={facts} />
      <h3>{words.details}</h3>
      <pre className="code" tabIndex={0}>
        {JSON.stringify(event.details, null, 2)}
      </pre>
      <Dialog.Buttons>
        <Button onClick={onClose}>{text.common.close}</Button>
      </Dialog.Buttons>
    </Dialog>
  );
}
