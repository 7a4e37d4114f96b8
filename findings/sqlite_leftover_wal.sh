#!/usr/bin/env bash
# SQLite 3.40 replays a left-over NAME-wal into whatever database file lies beside it, even one that was copied there a
# moment ago: a backup put back in place after a crash silently gets back the changes that it was meant to undo, and
# integrity_check reports no error.
#   seen: the backup holds 1, the write-ahead log of the crashed process the row 2; after cp the database holds 1 and 2.
# A restore deletes NAME-wal and NAME-shm first, or uses the backup API.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
cd "$scratch"
sqlite3 news.db 'PRAGMA journal_mode=wal; CREATE TABLE story(id); INSERT INTO story VALUES (1);' >/dev/null
sqlite3 news.db "VACUUM INTO 'backup.db'"
# A process that dies before its checkpoint leaves the log behind.
mkfifo commands
sqlite3 news.db <commands >ready & writer=$!
exec 3>commands
printf '%s\n' 'PRAGMA wal_autocheckpoint=0;' 'INSERT INTO story VALUES (2);' 'SELECT 7;' >&3
for _ in $(seq 100); do grep -qs 7 ready && break; sleep 0.1; done
kill -9 $writer
wait $writer 2>/dev/null || true
cp backup.db news.db
expect "check, then rows" "$(sqlite3 news.db 'PRAGMA integrity_check; SELECT id FROM story' | paste -sd' ')" "ok 1 2"
