import { useNavigate } from "react-router";

import { chooseAppearance, useAppearance, type Appearance } from "~/app/theme";
import { api, BASE, data } from "~/api/client";
import { useSession } from "~/api/session";
import { text } from "~/text";
import { Menu, MenuGroup, MenuItem } from "~/ui/Menu";

const APPEARANCES: Appearance[] = ["light", "dark", "system"];

/** Who is signed in, how it looks, and the way out. */
export function UserMenu() {
  const { user } = useSession();
  const appearance = useAppearance();
  const navigate = useNavigate();
  async function signOut() {
    await data(api.DELETE("/api/v1/session")).catch(() => undefined);
    window.location.assign(new URL("sign-in", BASE));
  }
  return (
    <Menu label={user.name} align="end">
      <MenuGroup label={user.email}>
        <MenuItem onSelect={() => void navigate("/profile")}>{text.shell.profile}</MenuItem>
      </MenuGroup>
      <MenuGroup label={text.shell.appearance}>
        {APPEARANCES.map((each) => (
          <MenuItem key={each} checked={each === appearance} onSelect={() => chooseAppearance(each)}>
            {text.shell.appearances[each]}
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuItem onSelect={() => void signOut()}>{text.shell.signOut}</MenuItem>
    </Menu>
  );
}
