#!/bin/sh
# Install what the tests need beside Python packages. A missing one fails the run, never a skip.
set -eu
packages=""
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages="$packages postgresql"
[ -d /usr/lib/python3/dist-packages/swift ] || packages="$packages python3-swift"
command -v icecast2 >/dev/null 2>&1 || packages="$packages icecast2"
command -v liquidsoap >/dev/null 2>&1 || packages="$packages liquidsoap"
[ -x /usr/sbin/mosquitto ] || packages="$packages mosquitto"
[ -x /usr/sbin/cupsd ] || packages="$packages cups"
command -v tesseract >/dev/null 2>&1 || packages="$packages tesseract-ocr"
[ -e /usr/share/tesseract-ocr/5/tessdata/vie.traineddata ] || packages="$packages tesseract-ocr-vie"
command -v redis-server >/dev/null 2>&1 || packages="$packages redis-server"
command -v systemd-analyze >/dev/null 2>&1 || packages="$packages systemd"
[ -x /usr/sbin/sshd ] || packages="$packages openssh-server"
[ -f /usr/share/wordpress/wp-settings.php ] || packages="$packages wordpress"
command -v php >/dev/null 2>&1 || packages="$packages php-cli"
php -m 2>/dev/null | grep -qx mysqli || packages="$packages php-mysql"
[ -x /usr/sbin/mariadbd ] || packages="$packages mariadb-server"
[ -n "$packages" ] || exit 0
line="apt-get install --yes --no-install-recommends$packages"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "The tests need$packages. Run: sudo $line" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root $line -qq >/dev/null
