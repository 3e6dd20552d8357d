"""A PgBouncer that pools transactions, for the tests: of two sessions of the server.

It is looked for in the file that the variable QB_TEST_PGBOUNCER names, and on the PATH. Where there is none, Debian's
package is fetched by apt-get and unpacked into a directory of the tests, which installs nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.postgres_server import WATCHED, free_port, identity

VARIABLE = "QB_TEST_PGBOUNCER"
PACKAGES = ("pgbouncer", "libevent-2.1-7", "libc-ares2")
SESSIONS = 2
MISSING = (
    f"there is no PgBouncer to test with: install one (Debian: apt-get install pgbouncer), or put the path of the "
    f"program into {VARIABLE}"
)


def program(directory: Path) -> tuple[Path, Path | None]:
    """The program, and where its libraries are if not where all are."""
    named = os.environ.get(VARIABLE)
    found = named or shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found:
        return Path(found), None
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise RuntimeError(MISSING)
    fetch = ["apt-get", "-o", "APT::Sandbox::User=root", "download", *PACKAGES]
    done = subprocess.run(fetch, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode and os.geteuid() == 0:  # it may not know yet where packages are
        subprocess.run(["apt-get", "update"], capture_output=True, check=False)
        done = subprocess.run(fetch, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{MISSING}\n{done.stderr}")
    for package in directory.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, directory / "unpacked"], check=True)
    return directory / "unpacked/usr/sbin/pgbouncer", next(directory.glob("unpacked/usr/lib/*/libcares.so.2")).parent


@contextmanager
def running_bouncer(server_url: str) -> Iterator[str]:
    """The URL of a PgBouncer before a server, but for the name of the database, for the length of a `with`."""
    parts = urlsplit(server_url)
    who = identity()
    with tempfile.TemporaryDirectory(prefix="qb-pgbouncer-") as name:
        directory = Path(name)
        path, libraries = program(directory)
        if who:
            os.chown(directory, who["user"], who["group"])
        port = free_port()
        (directory / "users").write_text(f'"{parts.username}" ""\n')
        (directory / "ini").write_text(
            f"""
            [databases]
            * = host={parts.hostname} port={parts.port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {directory}/users
            pool_mode = transaction
            default_pool_size = {SESSIONS}
            max_client_conn = 500
            """.replace("            ", "")
        )
        with (directory / "log").open("wb") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", WATCHED, "sh", path, directory / "ini"],
                env={**os.environ, **({"LD_LIBRARY_PATH": str(libraries)} if libraries else {})},
                start_new_session=True,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                **who,
            )
        try:
            deadline = time.monotonic() + 10
            while b"process up" not in (directory / "log").read_bytes():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PgBouncer does not start:\n{(directory / 'log').read_text()}")
                time.sleep(0.02)
            yield f"postgresql://{parts.username}@127.0.0.1:{port}"
        finally:
            try:
                process.communicate(timeout=10)  # closes its standard input, which ends it
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
