"""What the run needs from Debian and from PyPI, all of it in one private folder."""

import re
import shlex
import shutil
import subprocess
import sys

VIRTME_NG = "virtme-ng==1.42"

# Debian 12 has 6.1, Debian 13 has 6.12, its backports what is newer.
SOURCES = """\
deb [signed-by={key}] http://deb.debian.org/debian bookworm main
deb [signed-by={key}] http://deb.debian.org/debian-security bookworm-security main
deb [signed-by={key}] http://deb.debian.org/debian trixie main
deb [signed-by={key}] http://deb.debian.org/debian-security trixie-security main
deb [signed-by={key}] http://deb.debian.org/debian trixie-backports main
"""
KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Problem(Exception):
    """Something that keeps the tests from running at all."""


def call(command, **options):
    """Run a command and return what it prints; if it fails, say what it said."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise Problem(f"{shlex.join(map(str, command))} failed ({done.returncode}):\n{said}")
    return done.stdout


class Apt:
    """Debian's archive, asked without touching this machine's own apt."""

    def __init__(self, work):
        self.packages = work / "packages"
        home = work / "apt"
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "sources.list").write_text(SOURCES.format(key=KEY))
        (home / "status").touch()
        settings = {
            "Dir::State": home / "state",
            "Dir::State::status": home / "status",
            "Dir::Cache": home / "cache",
            "Dir::Etc::sourcelist": home / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "Acquire::Languages": "none",
            # A mirror that cannot be reached is an error, not a warning.
            "APT::Update::Error-Mode": "any",
        }
        self.options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
        call(["apt-get", *self.options, "update"])

    def kernel(self, wanted):
        """The newest kernel package whose version begins with `wanted`."""
        shown = call(["apt-cache", *self.options, "show", "linux-image-amd64"])
        # The meta-package depends on the one kernel that its version stands for.
        offers = {}
        for entry in shown.strip().split("\n\n"):
            version = re.search(r"^Version: (\S+)", entry, re.M)[1]
            offers[version] = re.search(r"^Depends: .*?(linux-image-\S+)", entry, re.M)[1]
        fitting = [version for version in offers if version.startswith(wanted + ".")]
        if not fitting:
            offered = ", ".join(offers)
            raise Problem(f"Debian has no kernel {wanted}; it offers {offered}")
        version = max(fitting, key=lambda version: [int(n) for n in re.findall(r"\d+", version)])
        return offers[version], version

    def unpack(self, name, version=None):
        """The folder with the package's files, downloaded if it is not there yet."""
        folder = self.packages / (f"{name}_{version}" if version else name)
        if folder.exists():
            return folder
        # From 7 on Debian spreads a kernel over packages, all named after its release.
        depends = call(["apt-cache", *self.options, "depends", "--important", f"{name}={version}"]) if version else ""
        release = re.escape(name.removeprefix("linux-image-"))
        parts = [name, *re.findall(rf"Depends: (linux-\S+-{release})$", depends, re.M)]
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        call(["apt-get", *self.options, "download", *parts], cwd=fresh)
        for archive in fresh.glob("*.deb"):
            call(["dpkg", "-x", archive, fresh])
            archive.unlink()
        fresh.rename(folder)
        return folder


def virtme_ng(work):
    """The folder with the programs of virtme-ng."""
    venv = work / "venv"
    stamp = venv / "installed"
    # A venv does not work in another place than where it was made.
    made = f"{VIRTME_NG} in {venv}"
    if not stamp.exists() or stamp.read_text() != made:
        call([sys.executable, "-m", "venv", "--clear", venv])
        call([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", VIRTME_NG])
        stamp.write_text(made)
    return venv / "bin"
