"""Mistakes of an operator are answered with a sentence and a documented exit code."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from holoscope.cli.commands import commands
from holoscope.settings import COMMAND_VARIABLES, Settings, variable
from support.live import run_holoscope

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "sentence"),
    [
        (["serve", "--insecure-http", "--host", "0.0.0.0"], {}, 2, "--insecure-http is refused on 0.0.0.0"),
        (["serve"], {"HOLOSCOPE_PROT": "1"}, 2, "Unknown environment variable HOLOSCOPE_PROT. Did you mean"),
        (["query", "x.json"], {"HOLOSCOPE_BASEURL": "1"}, 2, "Did you mean HOLOSCOPE_BASE_URL?"),
        (["serve", "--tls-cert", "a.pem"], {}, 2, "belong together"),
        (["serve", "--behind-proxy"], {}, 2, "needs --trusted-proxies"),
        (["serve", "--port", "abc"], {}, 2, "--port"),
        (["serve", "--data-dir", "/proc/nowhere"], {}, 1, "Cannot create the data folder"),
        (["serv"], {}, 2, "serve"),
        (["demo"], {"HOLOSCOPE_INSECURE_HTTP": "true"}, 2, "makes its own certificate"),
        (["demo", "--scale", "0"], {}, 1, "--scale must be between"),
        (["demo", "--scale", "nan"], {}, 1, "--scale must be between"),
        (["query", "absent.json"], {}, 1, "Cannot read absent.json: No such file"),
        (["query", "-"], {}, 1, "standard input is not JSON"),
        (["compile", "-", "absent"], {}, 1, "standard input is not JSON"),
        (["keys", "revoke", "nothing"], {}, 2, "db upgrade"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], code: int, sentence: str
) -> None:
    if "--data-dir" not in arguments and arguments[0] in {"serve", "keys", "demo"}:
        arguments = [*arguments, "--data-dir", str(tmp_path / "data")]
    done = run_holoscope(*arguments, text="", **environment)
    assert done.returncode == code, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("secret", ["", "tiny-value", "changeme" * 8, "a" * 64])
def test_a_weak_secret_stops_the_start(tmp_path: Path, secret: str) -> None:
    (tmp_path / "secrets.json").write_text(f'{{"key_pepper": "{secret}"}}')
    done = run_holoscope("serve", "--data-dir", tmp_path, "--port", 0)
    assert done.returncode == 2
    assert done.stderr.startswith("holoscope: ")
    assert "key_pepper" in done.stderr
    assert "Traceback" not in done.stderr
    assert not secret or secret not in done.stderr


def test_a_bad_own_certificate_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("nonsense")
    own = ("--tls-cert", tmp_path / "a.pem", "--tls-key", tmp_path / "a.pem")
    done = run_holoscope("serve", "--data-dir", tmp_path / "data", "--port", 0, *own)
    assert (done.returncode, "Cannot use certificate" in done.stderr) == (1, True)


def options() -> dict[str, str]:
    """Every option of every command with its environment variable."""
    found = {}
    pending = [("holoscope", get_command(commands))]
    while pending:
        path, command = pending.pop()
        pending += [(f"{path} {name}", inner) for name, inner in getattr(command, "commands", {}).items()]
        for parameter in command.params:
            if parameter.opts[0].startswith("--") and parameter.name not in {"version", "help"}:
                found[f"{path} {parameter.opts[0]}"] = parameter.name
                text = f"{parameter.envvar} {parameter.help}"
                assert variable(parameter.name) in text, f"{path} {parameter.opts[0]} names no variable"
    return found


def test_every_option_is_an_environment_variable_and_every_variable_an_option() -> None:
    variables = {variable(name) for name in options().values()}
    assert variables == {*map(variable, Settings.model_fields), *COMMAND_VARIABLES}


def test_serve_has_every_setting() -> None:
    serve = {name for option, name in options().items() if option.startswith("holoscope serve ")}
    assert serve == set(Settings.model_fields)


def test_every_command_is_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for option in options():
        command = re.sub(r" --.*", "", option)
        last = command.rpartition(" ")[2]
        assert f"`{last}`" in page or command in page, command


def test_help_and_version() -> None:
    assert run_holoscope("--help").returncode == 0
    assert run_holoscope("--version").stdout.startswith("holoscope 0.")
