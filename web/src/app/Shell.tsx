import { NavLink, Outlet, useNavigation } from "react-router";

import { UserMenu } from "~/app/UserMenu";
import { useIsAdmin } from "~/api/session";
import { BASE } from "~/api/client";
import { text } from "~/text";
import { useDelayed } from "~/ui/useDelayed";
import styles from "./Shell.module.css";

/** The frame around every page: where one may go, who one is. */
export function Shell() {
  const admin = useIsAdmin();
  const navigation = useNavigation();
  const loading = useDelayed(navigation.state !== "idle", 300);
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        {text.shell.skip}
      </a>
      <header className={styles.bar}>
        <NavLink to="/" className={styles.brand} aria-label={text.shell.home}>
          <img src={new URL("assets/holoscope.svg", BASE).href} alt="" width={22} height={22} />
          <span>Holoscope</span>
        </NavLink>
        <nav aria-label={text.shell.navigation} className={styles.nav}>
          <NavLink to="/explore">{text.shell.explore}</NavLink>
          <NavLink to="/models">{text.shell.models}</NavLink>
          <NavLink to="/api-reference">{text.shell.api}</NavLink>
          {admin ? <NavLink to="/settings">{text.shell.settings}</NavLink> : null}
        </nav>
        <UserMenu />
      </header>
      <div className={styles.progress} data-on={loading || undefined} role="status">
        {loading ? <span className="visually-hidden">{text.shell.loadingPage}</span> : null}
      </div>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
