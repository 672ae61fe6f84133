import { useMemo } from "react";
import { Route, Routes } from "react-router";

import { sentence } from "~/api/errors";
import { text } from "~/text";
import { Busy } from "~/ui/Busy";
import { Notice } from "~/ui/Notice";
import { areasOf } from "./openapi";
import { OperationPage } from "./OperationPage";
import { Authentication, Errors, Limits, Start } from "./Guides";
import { SideList } from "./SideList";
import { useDocument } from "./useDocument";
import styles from "./Reference.module.css";

/** The API reference, made of the server's own description: it is always that of the server one looks at. */
export function Component() {
  const document = useDocument();
  const areas = useMemo(() => (document.data ? areasOf(document.data) : []), [document.data]);
  if (document.isPending) return <Busy label={text.reference.loading} page />;
  if (document.isError) return <Notice tone="bad">{sentence(document.error)}</Notice>;
  return (
    <div className={styles.reference}>
      <SideList areas={areas} />
      <div className={styles.content}>
        <Routes>
          <Route index element={<Start areas={areas} />} />
          <Route path="authentication" element={<Authentication />} />
          <Route path="errors" element={<Errors document={document.data} />} />
          <Route path="limits" element={<Limits />} />
          <Route path=":operationId" element={<OperationPage document={document.data} areas={areas} />} />
        </Routes>
      </div>
    </div>
  );
}
