import { text } from "~/text";
import { actions } from "~/text/settings/audit";
import { Button } from "~/ui/Button";
import { Field, Select } from "~/ui/Field";
import { Picker } from "~/ui/Picker";
import { findUsers } from "../users/users";
import { actionName, type Filter } from "./filter";

const words = text.settings.audit;
const ACTIONS = Object.keys(actions).sort((a, b) => actionName(a).localeCompare(actionName(b), "en"));

/** Which events to show. */
export function AuditFilter({ of: filter, onChange }: { of: Filter; onChange: (filter: Filter) => void }) {
  const put = (change: Partial<Filter>) => onChange({ ...filter, ...change });
  const actor = filter.actor;
  return (
    <>
      <div className="filters">
        <Select label={words.action} value={filter.action} onChange={(event) => put({ action: event.target.value })}>
          <option value="">{words.anyAction}</option>
          {ACTIONS.map((each) => (
            <option key={each} value={each}>
              {actionName(each)}
            </option>
          ))}
        </Select>
        <Select
          label={words.object}
          value={filter.objectType}
          onChange={(event) => put({ objectType: event.target.value })}
        >
          <option value="">{words.anyObject}</option>
          <Options of={words.objects} />
        </Select>
        <Select label={words.outcome} value={filter.outcome} onChange={(event) => put({ outcome: event.target.value })}>
          <option value="">{words.anyOutcome}</option>
          <Options of={words.outcomes} />
        </Select>
        <Field
          label={words.from}
          type="datetime-local"
          value={filter.from}
          onChange={(event) => put({ from: event.target.value })}
        />
        <Field
          label={words.to}
          type="datetime-local"
          value={filter.to}
          onChange={(event) => put({ to: event.target.value })}
        />
      </div>
      {actor ? (
        <p>
          <bdi>{words.onlyOf(actor.name)}</bdi>{" "}
          <Button size="small" onClick={() => put({ actor: undefined })}>
            {words.everybody}
          </Button>
        </p>
      ) : (
        <Picker
          label={words.actor}
          hint={words.actorHint}
          none={words.nobody}
          name="users"
          search={findUsers}
          taken={[]}
          onPick={(pick) => put({ actor: pick })}
        />
      )}
    </>
  );
}

function Options({ of: options }: { of: Record<string, string> }) {
  return Object.entries(options).map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}
