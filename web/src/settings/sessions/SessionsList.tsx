import { useState } from "react";

import { api, data } from "~/api/client";
import { usePaged } from "~/api/paged";
import { queryClient } from "~/api/queries";
import type { components } from "~/api/schema";
import { useSession } from "~/api/session";
import { text } from "~/text";
import { Button } from "~/ui/Button";
import { Confirm } from "~/ui/Confirm";
import { Empty } from "~/ui/Empty";
import { List } from "~/ui/List";
import { Name } from "~/ui/Name";
import type { Column } from "~/ui/Table";
import { Tag } from "~/ui/Tag";
import { toast } from "~/ui/toast";
import { When } from "~/ui/When";
import { device } from "./device";

type Session = components["schemas"]["SessionRecord"];
type Of = { all: true } | { userId: string } | Record<string, never>;

const words = text.settings.sessions;
const KEY = ["sessions"];

/** Open sessions, one's own or those of others; each can be ended, and all of a member at once. */
export function SessionsList({ of, withMembers = false }: { of: Of; withMembers?: boolean }) {
  const [asking, setAsking] = useState<{ session: Session; all: boolean }>();
  const sessions = usePaged([...KEY, of], (cursor) =>
    data(api.GET("/api/v1/sessions", { params: { query: { ...of, pageSize: 50, cursor } } })),
  );
  const member: Column<Session> = {
    name: words.member,
    of: (each) => <Name more={each.email}>{each.name}</Name>,
  };
  const actions: Column<Session> = {
    name: words.actions,
    hideName: true,
    end: true,
    of: (session) => (
      <Buttons
        session={session}
        withAll={withMembers}
        onEnd={() => setAsking({ session, all: false })}
        onEndAll={() => setAsking({ session, all: true })}
      />
    ),
  };
  return (
    <>
      <List
        of={sessions}
        label={words.loading}
        caption={words.title}
        columns={[...(withMembers ? [member] : []), ...COLUMNS, actions]}
        keyOf={(each) => each.id}
        empty={<Empty title={words.emptyTitle}>{words.emptyHint}</Empty>}
      />
      {asking ? <EndSession {...asking} onClose={() => setAsking(undefined)} /> : null}
    </>
  );
}

const COLUMNS: Column<Session>[] = [
  {
    name: words.device,
    of: (each) => (
      <div title={each.userAgent ?? undefined}>
        <Name more={each.address}>{each.userAgent ? device(each.userAgent) : words.noAgent}</Name>
        <div>
          {each.isCurrent ? <Tag tone="good">{words.current}</Tag> : null}
          {each.kind === "embed" ? <Tag>{words.embedded}</Tag> : null}
        </div>
      </div>
    ),
  },
  { name: words.began, of: (each) => <When at={each.createdAt} /> },
  { name: words.seen, of: (each) => <When at={each.lastSeenAt} /> },
];

type ButtonsProps = { session: Session; withAll: boolean; onEnd: () => void; onEndAll: () => void };

function Buttons({ session, withAll, onEnd, onEndAll }: ButtonsProps) {
  return (
    <span className="buttons">
      {session.isCurrent ? null : (
        <Button size="small" aria-label={words.endOf(session.name)} onClick={onEnd}>
          {words.end}
        </Button>
      )}
      {withAll ? (
        <Button size="small" kind="danger" aria-label={words.endAllOf(session.name)} onClick={onEndAll}>
          {words.endAll}
        </Button>
      ) : null}
    </span>
  );
}

function EndSession({ session, all, onClose }: { session: Session; all: boolean; onClose: () => void }) {
  const { user } = useSession();
  const { id, membershipId, name } = session;
  const mine = all ? words.endAllMine : words.endMine;
  const theirs = all ? words.endAllAsk(name) : words.endAsk(name);
  async function end() {
    if (all) await data(api.DELETE("/api/v1/sessions", { params: { query: { userId: membershipId } } }));
    else await data(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } }));
    await queryClient.invalidateQueries({ queryKey: KEY });
    toast(all ? words.endedAll(name) : words.ended(name));
  }
  return (
    <Confirm
      title={all ? words.endAllTitle : words.endTitle}
      yes={all ? words.endAllYes : words.endYes}
      onYes={end}
      onClose={onClose}
    >
      {membershipId === user.membershipId ? mine : theirs}
    </Confirm>
  );
}
