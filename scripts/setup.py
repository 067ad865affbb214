#!/usr/bin/env python3
"""Puts in place what cargo does not bring: ONNX Runtime, and with --tests or --load what `make test` or `make load` needs.

Run it as often as you like: what is there and whole is left alone, and then it says nothing. Everything it
fetches comes from PyPI or Debian, and each file from PyPI is known by its digest. Standard library only.
"""

import argparse
import glob
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.join(ROOT, ".cache")
VENV = os.path.join(CACHE, "venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
REQUIREMENTS = os.path.join(ROOT, "tests", "requirements.txt")

RUNTIME_VERSION = "1.32.0"

# Machine → the tag of PyPI's wheel, the wheel's digest, the library inside it, that library's digest.
RUNTIMES = {
    ("Linux", "x86_64"): (
        "manylinux_2_28_x86_64",
        "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d",
        "onnxruntime/capi/libonnxruntime.so.1.32.0",
        "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
    ),
    ("Linux", "aarch64"): (
        "manylinux_2_28_aarch64",
        "2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c",
        "onnxruntime/capi/libonnxruntime.so.1.32.0",
        "49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a",
    ),
    ("Darwin", "arm64"): (
        "macosx_14_0_arm64",
        "366b9e53d07812cc5c92822cecf7563b76a8a0f32ba3bb8dd232a206ac3bcb6c",
        "onnxruntime/capi/libonnxruntime.1.32.0.dylib",
        "fa585fabbea65b823b9a8f7e27d46aee3989d1be7e36b528203d3a1fd613aae7",
    ),
}

MODEL_FILES = {
    "models/vi-en/canary.json": "80e6e6cedfef6c5aeb0870128a7c02433915ef5950ffc60e7107d04290e2ea06",
    "models/vi-en/config.json": "b2af4c84517e3e7cc80e6ad6b8abc16735b763a95d63d1e10d00ff3a45e30926",
    "models/vi-en/model.onnx": "3d940a58be87348a2b06a81024b55914de4923f57843d30c80382a026297ccb3",
    "models/vi-en/special_tokens_map.json": "87384d520b5711d82ad7f7027a7cbbbb8e279716164ffd757851d0973f02474c",
    "models/vi-en/tokenizer.json": "f1c6bbf6ca2f4edd4f300871e1c836803a0c49a1b726c3972624d2ca65e8fc3f",
    "models/vi-en/tokenizer_config.json": "217350738ef9e86fa41514c4ab7dfbac2f7c1e3c45c3095c17cf50e85c1507be",
}

# What the tests need from the system: Debian's package, and how to see that it is there.
SYSTEM_NEEDS = {
    "chromium": lambda: os.environ.get("CAUNOI_CHROMIUM") or shutil.which("chromium"),
    "postgresql": lambda: shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb"),
    "haproxy": lambda: shutil.which("haproxy") or os.path.exists("/usr/sbin/haproxy"),
    "fonts-noto-core": lambda: glob.glob("/usr/share/fonts/**/NotoSans-Regular.ttf", recursive=True),
}
# What `make load` needs beside PostgreSQL, which it is measured on too.
LOAD_NEEDS = {
    "wrk": lambda: shutil.which("wrk"),
    "postgresql": SYSTEM_NEEDS["postgresql"],
}


class Trouble(Exception):
    """Something only a person can mend; the message says how."""


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--tests", action="store_true", help="also what `make test` needs")
    options.add_argument("--load", action="store_true", help="also what `make load` needs")
    chosen = options.parse_args()
    for_tests = chosen.tests
    try:
        check_compiler()
        check_models()
        if for_tests:
            install_system_packages(SYSTEM_NEEDS, with_pip=True)
        if chosen.load:
            install_system_packages(LOAD_NEEDS)
        install_runtime(required=for_tests or chosen.load)
        if for_tests:
            install_python_packages()
    except Trouble as trouble:
        sys.exit(f"setup: {trouble}")


def check_compiler():
    """SQLite is compiled from its C source; without a compiler cargo fails late and in many words."""
    if not any(shutil.which(name) for name in (os.environ.get("CC") or "cc", "gcc", "clang")):
        raise Trouble("no C compiler was found. On Debian: apt-get install build-essential")


def check_models():
    for name, digest in MODEL_FILES.items():
        path = os.path.join(ROOT, name)
        if not os.path.exists(path):
            raise Trouble(f"{name} is missing. Restore it: git checkout -- {name}")
        if sha256(path) != digest:
            raise Trouble(f"{name} is not the file its card describes. Restore it: git checkout -- {name}")


def install_runtime(required):
    """Takes ONNX Runtime's shared library out of PyPI's wheel.

    A machine that cannot have it still gets a working service, which ranks by words alone and says so; the
    tests, though, must see the whole.
    """
    own = os.environ.get("ORT_DYLIB_PATH")
    if own and os.path.exists(own):
        return
    machine = (platform.system(), platform.machine())
    try:
        if machine not in RUNTIMES:
            raise Trouble(
                "no ONNX Runtime is known for {} {}. Set ORT_DYLIB_PATH to one of yours, "
                "version {}".format(*machine, RUNTIME_VERSION)
            )
        fetch_runtime(*RUNTIMES[machine])
    except Trouble as trouble:
        if required:
            raise
        print(f"setup: {trouble}\nsetup: going on without it: the search will use words, not meaning.", file=sys.stderr)


def fetch_runtime(tag, wheel_digest, member, library_digest):
    suffix = "dylib" if member.endswith("dylib") else "so"
    target = os.path.join(CACHE, "runtime", f"libonnxruntime.{suffix}")
    if os.path.exists(target) and sha256(target) == library_digest:
        return
    say(f"ONNX Runtime {RUNTIME_VERSION} from PyPI (about 25 MB) …")
    with tempfile.TemporaryDirectory() as folder:
        # pip itself refuses a wheel that has another digest.
        wanted = os.path.join(folder, "wanted.txt")
        with open(wanted, "w", encoding="utf-8") as out:
            out.write(f"onnxruntime=={RUNTIME_VERSION} --hash=sha256:{wheel_digest}\n")
        pip(
            "download", "--no-deps", "--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp",
            "--platform", tag, "--require-hashes", "--requirement", wanted, "--dest", folder,
        )  # fmt: skip
        [wheel] = glob.glob(os.path.join(folder, "*.whl"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with zipfile.ZipFile(wheel) as archive, open(target + ".part", "wb") as out:
            shutil.copyfileobj(archive.open(member), out)
    if sha256(target + ".part") != library_digest:
        os.remove(target + ".part")
        raise Trouble("the library in the wheel has another digest than the one pinned here; nothing was installed.")
    os.replace(target + ".part", target)


def install_system_packages(needs, with_pip=False):
    missing = [package for package, there in needs.items() if not there()]
    if with_pip and find_pip() is None:
        missing.append("python3-pip")
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Trouble("this also needs: {0}. On Debian: apt-get install {0}".format(" ".join(missing)))
    say("Debian packages: " + ", ".join(missing) + " …")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    call(["apt-get", "update", "-q"], env=quiet)
    call(["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], env=quiet)


def install_python_packages():
    """A virtual environment of the project's own, so a system that is "externally managed" is left alone."""
    stamp = os.path.join(VENV, "requirements.sha256")
    wanted = sha256(REQUIREMENTS)
    if os.path.exists(VENV_PYTHON) and os.path.exists(stamp) and read(stamp) == wanted:
        return
    if sys.version_info < (3, 11):
        raise Trouble("the browser tests need Python 3.11 or newer; this is " + platform.python_version())
    say("Python packages for the tests (about 55 MB) …")
    # Debian keeps ensurepip in a package of its own; the pip that is already there can fill the environment.
    call([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
    pip("--python", VENV_PYTHON, "install", "--only-binary", ":all:", "--require-hashes", "--requirement", REQUIREMENTS)
    with open(stamp, "w", encoding="utf-8") as out:
        out.write(wanted)


def pip(*arguments):
    command = find_pip()
    if command is None:
        raise Trouble("Python's pip is missing. On Debian: apt-get install python3-pip")
    call([*command, *arguments], env=dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1"))


def find_pip():
    for command in ([sys.executable, "-m", "pip"], ["pip3"]):
        if shutil.which(command[0]) and subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
            return command
    return None


def call(command, env=None):
    """Runs a command in silence, and shows what it said only when it fails."""
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise Trouble(f"`{' '.join(command[:4])} …` failed:\n{tail}")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def say(what):
    print(f"setup: {what}", flush=True)


if __name__ == "__main__":
    main()
