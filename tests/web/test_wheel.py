"""What is handed out: a wheel that holds the application and serves it where no Node.js is."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest
from bench.first_load import STATIC

from support.live import clean_environment, start_server
from support.pages import ROOT

UV = shutil.which("uv", path=str(ROOT / ".tools/bin")) or shutil.which("uv")
WITHIN = "holoscope/web/static"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(UV is None, reason="needs uv (make setup brings it)"),
    pytest.mark.skipif(
        not (STATIC / "index.html").is_file(), reason="needs the built web application (make app)"
    ),
]


@pytest.fixture
def bare_path(tmp_path_factory) -> str:
    """A search path with a shell and nothing else: no Node.js, no git."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "sh").symlink_to("/bin/sh")
    assert shutil.which("node", path=str(folder)) is None
    return str(folder)


@pytest.fixture
def built(tmp_path_factory, bare_path: str) -> Path:
    """A source archive of a copy of the checkout, and the wheel that is built from the archive."""
    copy, out = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    shutil.copytree(STATIC, copy / STATIC.relative_to(ROOT))
    # A checkout that was worked in: what lies there for building is not handed out.
    (copy / "web/node_modules/left").mkdir(parents=True)
    (copy / "web/node_modules/left/over.js").write_text("1")
    # Node.js and npm are out of reach; a build that wants them fails.
    environment = clean_environment(PATH=bare_path, npm_config_registry="http://127.0.0.1:9")
    command = [UV, "build", "--quiet", "--python", sys.executable, "--out-dir", str(out)]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_a_wheel_built_from_the_source_archive_serves_the_application(
    built: Path, bare_path: str, tmp_path: Path
) -> None:
    [archive], [wheel] = built.glob("*.tar.gz"), built.glob("*.whl")
    the_archive_holds_the_built_application_and_its_sources(archive)
    the_wheel_holds_the_application_and_what_a_demo_needs(wheel)
    an_installed_wheel_serves_the_application(wheel, bare_path, tmp_path)


def the_wheel_holds_the_application_and_what_a_demo_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        names = held.namelist()
        application = {name: held.read(name) for name in names if name.startswith(f"{WITHIN}/")}
    expected = {f"{WITHIN}/{path.relative_to(STATIC)}" for path in STATIC.rglob("*") if path.is_file()}
    assert set(application) == expected
    for name in ("examples/shop/users.yaml", "contract/own.txt", "docs/reference/diagnostics.md"):
        assert f"holoscope/{name}" in names
    assert not [name for name in names if "node_modules" in name or name.endswith((".map", ".ts", ".tsx"))]
    machine = [str(ROOT).encode(), str(Path.home()).encode(), b"sourceMappingURL"]
    assert not [name for name, text in application.items() for each in machine if each in text]


def the_archive_holds_the_built_application_and_its_sources(archive: Path) -> None:
    with tarfile.open(archive) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    assert {"src/holoscope/web/static/index.html", "web/package-lock.json", "web/build.py"} <= names
    assert not [name for name in names if "node_modules" in name]


def an_installed_wheel_serves_the_application(wheel: Path, bare_path: str, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    uv([UV, "venv", "--python", sys.executable, venv])
    locked = ["--require-hashes", "--requirements", ROOT / "requirements/run.lock"]
    uv([UV, "pip", "install", "--python", venv, *locked])
    uv([UV, "pip", "install", "--python", venv, "--no-deps", wheel])
    program = str(venv / "bin/holoscope")
    environment = clean_environment(PATH=bare_path)
    once = subprocess.run(
        [program, "demo", "--once", "--data-dir", tmp_path / "data", "--scale", "0.002"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert once.returncode == 0, once.stderr
    live = start_server(tmp_path / "data", "demo", program=(program,), PATH=bare_path)
    try:
        context = ssl.create_default_context(cafile=live.ca_file)
        with urllib.request.urlopen(f"{live.base_url}/", context=context) as answer:
            document = answer.read().decode()
            assert answer.status == 200
        assert '<div id="root">' in document
        [script] = [part.split('"')[0] for part in document.split('src="./')[1:]]
        with urllib.request.urlopen(f"{live.base_url}/{script}", context=context) as answer:
            assert answer.read() == (STATIC / script).read_bytes()
    finally:
        assert live.stop() == 0


def uv(command: list[object]) -> None:
    done = subprocess.run([*map(str, command), "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
