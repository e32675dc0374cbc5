#!/bin/bash
# Builds the Debian package from what `make all` has built: build/lifeguard_VERSION_ARCH.deb.
#
# One package: the ten programs, units and accounts, the data and texts that they read, the sample.
# Which libraries it needs dpkg-shlibdeps reads from the programs.  The same tree gives the same file.
#
#   deploy/debian/build.sh [FOLDER OF THE BUILD]
set -euo pipefail
umask 022

here=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$here/build}" && pwd)
root=$build/deb/root
programs="lifeguard lg-match lg-bus lg-gateway lg-access lg-intake lg-matching lg-referral lg-notification lg-reporting"
cd "$here"

rm -rf "$build/deb"
mkdir -p "$root"

put() { # mode, file, place
	install -D -m "$1" "$2" "$root/$3"
}

put_folder() { # folder, place
	local file
	(cd "$1" && find . -type f -printf '%P\n') | while read -r file; do
		if [ -x "$1/$file" ]; then put 755 "$1/$file" "$2/$file"; else put 644 "$1/$file" "$2/$file"; fi
	done
}

for program in $programs; do
	put 755 "$build/bin/$program" "usr/bin/$program"
	strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/$program"
done

for unit in deploy/systemd/*.service deploy/systemd/*.target; do
	put 644 "$unit" "lib/systemd/system/${unit##*/}"
done
for unit in deploy/systemd/*@.service; do
	put 644 deploy/systemd/hardening.conf "lib/systemd/system/${unit##*/}.d/hardening.conf"
done
put 644 deploy/systemd/sysusers.conf usr/lib/sysusers.d/lifeguard.conf
put 755 deploy/systemd/site.sh usr/lib/lifeguard/site
put 644 deploy/roles.sql usr/lib/lifeguard/roles.sql

for folder in services/*/data services/*/texts; do
	put_folder "$folder" "usr/share/lifeguard/${folder#services/}"
done
put 644 services/gateway/openapi.yaml usr/share/lifeguard/gateway/openapi.yaml
put_folder deploy/sample usr/share/doc/lifeguard/examples
for page in README.md ARCHITECTURE.md; do put 644 "$page" "usr/share/doc/lifeguard/$page"; done
put 644 deploy/systemd/README.md usr/share/doc/lifeguard/systemd.md
put 644 deploy/debian/copyright usr/share/doc/lifeguard/copyright
put 644 deploy/systemd/lifeguard-site.8 usr/share/man/man8/lifeguard-site.8
gzip -9n "$root/usr/share/man/man8/lifeguard-site.8"

# --- what Debian wants to know -------------------------------------------------------------------

# the version of the programs, and from which commit they are
version=$("$build/bin/lifeguard" --version | awk '{ print $NF }')
if commit=$(git rev-parse --short HEAD 2>/dev/null); then
	version+="+git$(git rev-list --count HEAD).$commit"
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
else
	SOURCE_DATE_EPOCH=$(stat -c %Y ARCHITECTURE.md)
fi
export SOURCE_DATE_EPOCH
architecture=$(dpkg --print-architecture)

mkdir -p "$build/deb/debian"
printf 'Source: lifeguard\n\nPackage: lifeguard\nArchitecture: any\n' >"$build/deb/debian/control"
libraries=$(cd "$build/deb" && dpkg-shlibdeps -O root/usr/bin/* 2>"$build/deb/shlibdeps.log" | sed 's/^shlibs:Depends=//') ||
	{ cat "$build/deb/shlibdeps.log" >&2; exit 1; }

mkdir -p "$root/DEBIAN"
sed "s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@LIBRARIES@|$libraries|;
	s|@SIZE@|$(du -sk --apparent-size "$root" | cut -f1)|" deploy/debian/control >"$root/DEBIAN/control"
for script in postinst prerm postrm; do install -m 755 "deploy/debian/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find usr lib -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"

package=$build/lifeguard_${version}_$architecture.deb
rm -f "$build"/lifeguard_*.deb
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
echo "$package"
