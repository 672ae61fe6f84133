import { Link, Navigate, NavLink, Route, Routes } from "react-router";

import { useIsAdmin } from "~/api/session";
import { text } from "~/text";
import { Empty } from "~/ui/Empty";
import { Page, useTitle } from "~/ui/Page";
import { AREAS } from "./areas";
import styles from "./SettingsPage.module.css";

/** Everything that administrators look after: a list of areas, and the one that was chosen. */
export function Component() {
  return useIsAdmin() ? <Areas /> : <NotForMembers />;
}

function Areas() {
  return (
    <div className={styles.frame}>
      <nav className={styles.side} aria-label={text.settings.navigation}>
        {AREAS.map((group) => (
          <section key={group.label} className={styles.group}>
            <h2 className={styles.heading}>{group.label}</h2>
            <ul>
              {group.areas.map((area) => (
                <li key={area.path}>
                  <NavLink to={`/settings/${area.path}`}>{area.label}</NavLink>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <div className={styles.content}>
        <Routes>
          <Route index element={<Navigate to="/settings/keys" replace />} />
          {AREAS.flatMap((group) => group.areas).map((area) => (
            <Route key={area.path} path={`${area.path}/*`} Component={area.Component} />
          ))}
          <Route path="*" element={<NoArea />} />
        </Routes>
      </div>
    </div>
  );
}

function NoArea() {
  useTitle(text.settings.title);
  return <Empty title={text.settings.noPage}>{text.settings.noPageHint}</Empty>;
}

function NotForMembers() {
  return (
    <Page title={text.settings.title}>
      <Empty title={text.settings.onlyAdministrators}>
        <p>{text.settings.onlyAdministratorsHint}</p>
        <p style={{ marginTop: "var(--space-3)" }}>
          <Link to="/profile">{text.settings.toProfile}</Link>
        </p>
      </Empty>
    </Page>
  );
}
