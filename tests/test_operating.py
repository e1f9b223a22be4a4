import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.documents import ROOT, unknown_settings

GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
BUILDS = {"apt", "apt-get", "gcc", "make", "uv", "build-essential", "git", "curl"}
"""Words of a command that would bring in, or need, what builds."""


def example(begins):
    """Return the example of the guide that begins so."""
    found = re.findall(r"^```\w+\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
    (example,) = (one for one in found if one.startswith(begins))
    return example


def needed(name):
    """Return where a program is; without it, the test is skipped."""
    return shutil.which(name) or pytest.skip(f"{name} is not installed.")


def stages():
    """Return the instructions of each stage of the image, with what stands behind each."""
    kept = "\n".join(one for one in CONTAINERFILE.splitlines() if not one.startswith("#"))
    found = []
    for line in filter(str.strip, kept.replace("\\\n", " ").splitlines()):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest.strip()))
    return found


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_special_without_what_builds():
    first, last = stages()
    assert any("--constraint requirements.lock" in rest for _, rest in first)
    copied = [word for name, rest in first if name == "COPY" for word in rest.split()[:-1]]
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{one}" for one in copied} == {one for one in let_in if one.startswith("!")}
    assert "://" not in CONTAINERFILE.replace("http://127.0.0.1", "")
    assert unknown_settings(CONTAINERFILE) == []
    named, order = dict(last), [name for name, _ in last]
    assert order.index("USER") > max(at for at, name in enumerate(order) if name == "RUN")
    assert named["USER"] == "10001:10001"
    assert named["VOLUME"] == "/var/lib/signpost"
    assert f"SIGNPOST_HOME={named['VOLUME']}" in named["ENV"].split()
    runs = (rest.split("&&") for name, rest in last if name == "RUN")
    commands = [shlex.split(command) for run in runs for command in run]
    assert not any(set(words) & BUILDS for words in commands)
    (copy,) = (rest for name, rest in last if name == "COPY")
    assert copy == "--from=built /opt/signpost /opt/signpost"
    assert [json.loads(named[one]) for one in ("ENTRYPOINT", "CMD")] == [["signpost"], ["serve"]]
    program, flag, script = json.loads(named["HEALTHCHECK"].partition("CMD ")[2])
    assert (program, flag) == ("python", "-c")
    compile(script, "health check", "exec")
    assert "/healthz" in script
    assert f"SIGNPOST_PORT={named['EXPOSE']}" in named["ENV"].split()
    assert "SIGNPOST_HOST" not in named["ENV"]
    assert set(re.findall(r"--publish (\S+)", GUIDE)) == {"127.0.0.1:7860:7860"}


@pytest.mark.slow
@pytest.mark.sample
def test_the_image_answers_with_a_read_only_root_and_no_network():
    engine = shutil.which("podman") or needed("docker")
    base = stages()[0][0][1].split()[0]
    if subprocess.run([engine, "pull", base], capture_output=True, check=False).returncode:
        pytest.skip(f"{base} cannot be fetched.")
    tag = "signpost-of-a-test"
    built = [engine, "build", "--file", ROOT / "Containerfile", "--tag", tag, ROOT]
    subprocess.run(built, check=True)
    contained = "--rm --read-only --tmpfs /tmp --network none --cap-drop all".split()
    question = "What outcomes and partners relate to victim identity protection?"
    try:
        ask = [engine, "run", *contained, tag, "ask", "--json", question]
        told = subprocess.check_output(ask, text=True)
    finally:
        subprocess.run([engine, "rmi", "--force", tag], check=False)
    assert json.loads(told)["status"] == "answered"


@pytest.mark.slow
def test_systemd_takes_the_service(tmp_path):
    program = needed("systemd-analyze")
    unit = tmp_path / "signpost.service"

    def told(text):
        unit.write_text(text, encoding="utf-8")
        command = [program, "verify", "--man=no", unit]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # What other units of the machine lack is told too.
        return "".join(one for one in done.stderr.splitlines() if unit.name in one)

    service = example("[Unit]").replace("/opt/signpost/.venv/bin/signpost", sys.executable)
    assert sys.executable in service
    assert told(service) == ""
    assert "Usr" in told(service.replace("\nUser=", "\nUsr="))


@pytest.mark.slow
def test_nginx_takes_the_site(tmp_path):
    program, openssl = needed("nginx"), needed("openssl")
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=example"
    made += f" -keyout {tmp_path}/key.pem -out {tmp_path}/chain.pem"
    subprocess.run([openssl, *made.split()], check=True, capture_output=True)
    secret = example("proxy_set_header X-Signpost-Proxy")
    (tmp_path / "signpost-secret.conf").write_text(secret, encoding="utf-8")
    site = example("server {")
    for place in ("/etc/ssl/signpost", "/etc/nginx"):
        site = site.replace(place, str(tmp_path))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in kinds)

    def told(text):
        text = text.replace("listen 443", "listen 127.0.0.1:8443")
        main = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{folders}{text}}}\n"
        (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
        command = [program, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    passed, away = example("error_page 502"), example("location @away")
    several = site.replace("proxy_pass http://127.0.0.1:7860;", passed).removesuffix("}\n")
    for text in (site, f"{example('upstream signpost')}{several}{away}}}\n"):
        good = told(text)
        assert (good.returncode, "warn" in good.stderr) == (0, False), good.stderr


def test_single_sign_on_fits_together_and_what_an_assistant_is_configured_with_is_json():
    site, proxy = example("server {"), tomllib.loads(example("http_address"))
    lines = filter(None, example("SIGNPOST_ACCESS=proxy").splitlines())
    environment = dict(line.split("=", 1) for line in lines)
    assert f"proxy_pass http://{proxy['http_address']};" in site
    # Without it, oauth2-proxy tells nginx nobody's name; without these, it does not start.
    assert proxy["set_xauthrequest"] is True
    assert {"client_id", "client_secret_file", "cookie_secret_file"} <= proxy.keys()
    roles = dict(one.split("=") for one in environment["SIGNPOST_PROXY_GROUPS"].split(","))
    assert sorted(roles.values()) == sorted(proxy["allowed_groups"])
    assert f"server_name {environment['SIGNPOST_ALLOWED_HOSTS']};" in site
    found = re.findall(r"^```json\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
    servers = [json.loads(one)["mcpServers"]["signpost"] for one in found]
    assert [set(one) for one in servers] == [{"command", "args", "env"}, {"url", "headers"}]
