import { Route, Routes } from "react-router";

import { UserPage } from "./UserPage";
import { UsersList } from "./UsersList";

/** Users: all of them, or one. */
export function UsersPage() {
  return (
    <Routes>
      <Route index Component={UsersList} />
      <Route path=":id" Component={UserPage} />
    </Routes>
  );
}
