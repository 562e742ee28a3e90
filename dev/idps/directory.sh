#!/bin/sh
# An Active Directory domain controller out of Samba, with a few people and groups, on this machine alone.
# Needs root and Debian's samba, samba-ad-provision, samba-dsdb-modules, samba-vfs-modules and winbind. The ports of a domain controller (389, 636,
# 3268, 3269 and others) cannot be moved.
#   sh dev/idps/directory.sh STATE     STATE is a folder for what it writes; it runs until it is stopped
set -eu
state=$(mkdir -p "$1" && cd "$1" && pwd)
password='Passw0rd-of-the-directory'

if [ ! -d "$state/samba" ]; then
  mkdir "$state/samba"
  samba-tool domain provision --realm=CORP.EXAMPLE.COM --domain=CORP --server-role=dc --dns-backend=NONE --host-name=dc1 \
    --adminpass="$password" --targetdir="$state/samba" \
    --option='interfaces=127.0.0.1' --option='bind interfaces only=yes' --option='ldap server require strong auth=no'
  run() { samba-tool "$@" --configfile="$state/samba/etc/smb.conf"; }
  run user create alice "$password" --given-name=Alice --surname=Archer --mail-address=alice@example.com --department=Research
  run user create bob "$password" --given-name=Bob --surname=Baker --mail-address=bob@example.com --department=Sales
  run user create anne "$password" --given-name='Änne' --surname="O'Neil & Søns" --mail-address=anne@example.com --department=Research
  run group add reports-readers
  run group add 'Forschung & Entwicklung Süd'
  run group add everybody-reads
  run group addmembers reports-readers alice,anne
  run group addmembers 'Forschung & Entwicklung Süd' alice,anne
  run group addmembers everybody-reads reports-readers
fi

exec samba --foreground --no-process-group --configfile="$state/samba/etc/smb.conf" --model=single
