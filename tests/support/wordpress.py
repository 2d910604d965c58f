"""A real WordPress for tests: MariaDB and PHP of its own, on loopback, ended by the tests.

It is Debian's package, in a folder of its own. A machine without it fails the tests that need
it: ``make system`` installs it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.redis_server import wait_until
from support.servers import free_port

#: Where Debian puts it.
PROGRAM = Path("/usr/share/wordpress")

#: What the tests' author is called; he may write and publish, and not more than that.
USER = "tac-gia"

_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
define('WP_ENVIRONMENT_TYPE', 'local'); define('WP_AUTO_UPDATE_CORE', false);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('WP_DEBUG', false); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

#: Sends what is no file to WordPress, and writes down each request that changes something.
_ROUTER = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$line = $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['REQUEST_URI'] . "\\n";
file_put_contents(__DIR__ . '/requests.log', $line, FILE_APPEND | LOCK_EX);
if ($path !== '/' && is_file(__DIR__ . $path)) return false;
chdir(__DIR__); $_SERVER['SCRIPT_NAME'] = '/index.php'; require __DIR__ . '/index.php';
"""

_INSTALL = """<?php
define('WP_INSTALLING', true); $_SERVER['HTTP_HOST'] = '127.0.0.1'; require 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Trang tin', 'quan-tri', 'quan-tri@xa-mau.example', true, '', 'mat-khau-quan-tri');
$GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');
$words = [];
foreach (['quan-tri' => 'administrator', 'tac-gia' => 'author', 'bien-tap' => 'editor',
          'cong-tac' => 'contributor'] as $name => $role) {
    $id = username_exists($name)
        ?: wp_create_user($name, wp_generate_password(), "$name@x.example");
    (new WP_User($id))->set_role($role);
    $words[$name] = WP_Application_Passwords::create_new_application_password(
        $id, ['name' => 'loa'])[0];
}
foreach (get_posts(['post_type' => 'any', 'numberposts' => -1]) as $post)
    wp_delete_post($post->ID, true);
flush_rewrite_rules();
echo json_encode($words);
"""

_THEME = {
    "style.css": "/*\nTheme Name: Tho\n*/\n",
    "index.php": """<?php ?><!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<?php wp_head(); ?></head><body><?php while (have_posts()) { the_post(); ?>
<article><h1><?php the_title(); ?></h1><?php the_content(); ?></article><?php } ?></body></html>
""",
}


@dataclass
class WordPress:
    """A running WordPress. ``passwords`` are the application passwords by user."""

    folder: Path
    url: str
    passwords: dict[str, str]

    def client(self, user: str = "quan-tri") -> httpx.Client:
        """Return somebody who works in it; the administrator stands for a person."""
        return httpx.Client(
            base_url=f"{self.url}/wp-json/wp/v2",
            auth=(user, self.passwords[user]),
            timeout=60,
            trust_env=False,
        )

    def get(self, path: str, **parameters: Any) -> Any:
        with self.client() as client:
            answer = client.get(path, params={"context": "edit", **parameters})
        answer.raise_for_status()
        return answer.json()

    def change(self, path: str, **values: Any) -> Any:
        """Do as a person would who edits something by hand."""
        with self.client() as client:
            answer = client.post(path, json=values)
        answer.raise_for_status()
        return answer.json()

    def posts(self, status: str = "publish,future,draft,pending,private,trash") -> list[Any]:
        """Return every post there is, in any state."""
        found: list[Any] = self.get("/posts", status=status, per_page=100, orderby="id")
        return found

    def media(self) -> list[Any]:
        found: list[Any] = self.get("/media", per_page=100, orderby="id")
        return found

    def page(self, path: str) -> httpx.Response:
        """Return what the public sees."""
        return httpx.get(f"{self.url}{path}", timeout=60, follow_redirects=True, trust_env=False)

    @property
    def requests(self) -> list[str]:
        """What it was asked, in its own words."""
        log = self.folder / "requests.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def writes(self) -> list[str]:
        """Return the requests that changed something."""
        return [line for line in self.requests if not line.startswith(("GET", "HEAD"))]

    def plugin(self, code: str) -> None:
        """Let WordPress run ``code`` on every request, as a plugin would; "" takes it away."""
        folder = self.folder / "wp-content" / "mu-plugins"
        folder.mkdir(exist_ok=True)
        (folder / "thu.php").write_text(f"<?php\n{code}\n", encoding="utf-8")

    def empty(self) -> None:
        """Forget every post, file and word, and any plugin."""
        self.plugin("")
        php = _program("php")
        script = (
            "$_SERVER['HTTP_HOST']='127.0.0.1'; require 'wp-load.php';"
            "foreach (get_posts(['post_type'=>['post','attachment'],'numberposts'=>-1,"
            "'post_status'=>array_keys(get_post_stati())]) as $p) wp_delete_post($p->ID, true);"
            "foreach (['post_tag','category'] as $t) foreach (get_terms(['taxonomy'=>$t,"
            "'hide_empty'=>false]) as $w) if ($w->slug != 'uncategorized')"
            " wp_delete_term($w->term_id, $t);"
        )
        subprocess.run([php, "-r", script], cwd=self.folder, check=True, capture_output=True)
        (self.folder / "requests.log").unlink(missing_ok=True)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")
    assert found is not None, f"{name} is not installed: run make system"
    return found


@contextmanager
def _database(folder: Path) -> Iterator[Path]:
    """Run a MariaDB that nobody reaches but through a socket in ``folder``."""
    data, socket = folder / "data", folder / "sql.sock"
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    made = subprocess.run(
        [
            _program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *as_root,
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    with (folder / "sql.log").open("ab") as log:
        process = subprocess.Popen(
            [
                _program("mariadbd"),
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={socket}",
                f"--pid-file={folder / 'sql.pid'}",
                "--skip-networking",
                "--skip-grant-tables",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=8M",
                "--skip-log-bin",
                *as_root,
            ],
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(socket.exists, "MariaDB to answer")
        yield socket
    finally:
        process.kill()
        process.wait()


def _unpacked(folder: Path, url: str, socket: Path) -> None:
    """Lay out a WordPress whose programs are Debian's and whose content is its own."""
    assert (PROGRAM / "wp-settings.php").exists(), "wordpress is not installed: run make system"
    folder.mkdir()
    for path in PROGRAM.glob("*.php"):
        if path.name != "wp-config.php":
            shutil.copy(path, folder)
    for name in ("wp-includes", "wp-admin"):
        (folder / name).symlink_to(PROGRAM / name)
    theme = folder / "wp-content" / "themes" / "tho"
    theme.mkdir(parents=True)
    (folder / "wp-content" / "uploads").mkdir()
    for name, text in _THEME.items():
        (theme / name).write_text(text, encoding="utf-8")
    config = _CONFIG.format(socket=socket, url=url) + "\n"
    (folder / "wp-config.php").write_text(
        config.replace("require_once", "define('WP_DEFAULT_THEME', 'tho');\nrequire_once", 1)
    )
    (folder / "router.php").write_text(_ROUTER)
    (folder / "install.php").write_text(_INSTALL)


@contextmanager
def wordpress_server() -> Iterator[WordPress]:
    """Run a WordPress of its own."""
    with tempfile.TemporaryDirectory(prefix="loa-wp-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with _database(folder) as socket:
            client = _program("mariadb")
            subprocess.run(
                [client, "--no-defaults", f"--socket={socket}", "-e", "CREATE DATABASE wordpress"],
                check=True,
                capture_output=True,
            )
            port = free_port()
            site = WordPress(folder / "www", f"http://127.0.0.1:{port}", {})
            _unpacked(site.folder, site.url, socket)
            php = [_program("php"), "-d", "display_errors=0", "-d", "opcache.enable_cli=1"]
            php += ["-d", "opcache.revalidate_freq=0"]  # tests change a plugin at once
            done = subprocess.run(
                [*php, "install.php"], cwd=site.folder, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            site.passwords.update(httpx.Response(200, text=done.stdout).json())
            yield from _served(site, php, port)


def _served(site: WordPress, php: list[str], port: int) -> Iterator[WordPress]:
    with (site.folder.parent / "php.log").open("ab") as log:
        process = subprocess.Popen(
            [*php, "-S", f"127.0.0.1:{port}", "-t", str(site.folder), "router.php"],
            cwd=site.folder,
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": "4"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _answers(site), "WordPress to answer")
        yield site
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its workers too
        process.wait()


def _answers(site: WordPress) -> bool:
    try:
        return site.page("/wp-json/").status_code == 200
    except httpx.TransportError:
        return False


@cache
def running() -> WordPress:
    """Return this process's WordPress; it starts when first asked for, and ends with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(wordpress_server())


@pytest.fixture
def wordpress() -> WordPress:
    """A WordPress with nothing in it."""
    site = running()
    site.empty()
    return site
