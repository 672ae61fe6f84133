"""Write the types of our own API for TypeScript, as the server describes it: `python web/api_types.py`."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE / "openapi.json"


def main() -> None:
    from npm import npm

    from holoscope.http.application import describe

    text = json.dumps(describe(), indent=1, sort_keys=True)
    types = HERE / "src/api/schema.d.ts"
    if DOCUMENT.is_file() and types.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return
    DOCUMENT.write_text(text, encoding="utf-8")
    raise SystemExit(npm("run", "--silent", "api"))


if __name__ == "__main__":
    main()
