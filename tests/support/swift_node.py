"""OpenStack Swift, all of it in one process: a real object store that speaks S3.

Run by the system's own Python, to which ``python3-swift`` belongs, with a folder, an access
key (``user:name``) and a secret. Prints the port when it serves; ends when its standard input
does. It has two buckets: ``kho``, and ``kho-cu``, where a conditional put is not known.
"""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402 - after the patch
from pathlib import Path  # noqa: E402 - after the patch

from eventlet import wsgi  # noqa: E402 - after the patch
from swift.common import utils  # noqa: E402 - after the patch
from swift.common.middleware.s3api.s3request import S3Request  # noqa: E402 - after the patch
from swift.common.ring import RingBuilder  # noqa: E402 - after the patch
from swift.common.wsgi import loadapp  # noqa: E402 - after the patch

STORAGE = """
[DEFAULT]
devices = {folder}/nodes
swift_dir = {folder}
mount_check = false
disable_fallocate = true
log_level = CRITICAL
[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{kind}
"""

PROXY = """
[DEFAULT]
swift_dir = {folder}
log_level = CRITICAL
[pipeline:main]
pipeline = catch_errors s3api tempauth slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:slo]
use = egg:swift#slo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


class Cache:
    """What Swift keeps in memcached."""

    def __init__(self):
        self._held = {}

    def get(self, key, *_, **__):
        return self._held.get(key)

    def set(self, key, value, *_, **__):
        self._held[key] = value

    def delete(self, key, *_, **__):
        self._held.pop(key, None)

    def incr(self, key, delta=1, *_, **__):
        self._held[key] = self._held.get(key, 0) + delta
        return self._held[key]


def know_conditional_puts():
    """Swift itself knows ``If-None-Match: *``; its S3 side refuses it, in this release still."""
    validate = S3Request._validate_headers

    def validated(request):
        wanted = None
        if not request.path.startswith("/kho-cu/"):
            wanted = request.headers.pop("If-None-Match", None)
        validate(request)
        if wanted:
            request.headers["If-None-Match"] = wanted

    S3Request._validate_headers = validated


def serve(listener, app):
    wsgi.server(listener, app, log_output=False)


def storage(folder, kind):
    """Start one kind of storage server, and write the ring that leads to it."""
    listener = eventlet.listen(("127.0.0.1", 0))
    address = {"ip": "127.0.0.1", "port": listener.getsockname()[1]}
    replication = {f"replication_{name}": value for name, value in address.items()}
    ring = RingBuilder(2, 1, 0)
    ring.add_dev({"region": 1, "zone": 1, "weight": 1.0, "device": "sda", **address, **replication})
    ring.rebalance()
    ring.get_ring().save(str(folder / f"{kind}.ring.gz"))
    settings = folder / f"{kind}.conf"
    settings.write_text(STORAGE.format(folder=folder, kind=kind))
    eventlet.spawn(serve, listener, loadapp(str(settings)))


def main(folder, key, secret):
    utils.HASH_PATH_SUFFIX = b"loa"
    know_conditional_puts()
    (folder / "nodes" / "sda").mkdir(parents=True)
    for kind in ("object", "container", "account"):
        storage(folder, kind)
    settings = folder / "proxy.conf"
    user = key.replace(":", "_")
    settings.write_text(PROXY.format(folder=folder, user=user, secret=secret))
    proxy, cache = loadapp(str(settings)), Cache()

    def app(environ, start_response):
        environ["swift.cache"] = cache
        return proxy(environ, start_response)

    listener = eventlet.listen(("127.0.0.1", 0))
    eventlet.spawn(serve, listener, app)
    print(listener.getsockname()[1], flush=True)
    eventlet.tpool.execute(sys.stdin.read)


main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
