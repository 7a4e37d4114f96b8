#!/usr/bin/env bash
# SQLite 3.40's NOT INDEXED does not keep it from the indexes of a table WITHOUT ROWID: the plan is the same with and
# without it. Of a table with rowids it does what its documentation says, "no index shall be used". 3.54.1 does the same.
# In such a table most rows by an index cost several times what the whole table in its own order does, because each
# entry is looked up in the primary key again. A unary + before the column keeps SQLite from the index of either.
#   seen: the plans of the same query over both kinds of table.
# tapewatch writes the + (storage/sentiment/sentiment_reader.cpp).
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
cd "$scratch"
sqlite3 news.db "CREATE TABLE rowids (company INTEGER, minute INTEGER, stories INTEGER, PRIMARY KEY (company, minute));
  CREATE TABLE without_rowids (company INTEGER, minute INTEGER, stories INTEGER, PRIMARY KEY (company, minute)) WITHOUT ROWID;
  CREATE INDEX rowids_by_minute ON rowids (minute);
  CREATE INDEX without_rowids_by_minute ON without_rowids (minute);"
plan() { sqlite3 news.db "EXPLAIN QUERY PLAN SELECT company, minute, stories FROM $1" | grep -oE 'SCAN|SEARCH'; }
expect "rowids, minute > 5" "$(plan 'rowids WHERE minute > 5')" "SEARCH"
expect "rowids NOT INDEXED" "$(plan 'rowids NOT INDEXED WHERE minute > 5')" "SCAN"
expect "WITHOUT ROWID NOT INDEXED" "$(plan 'without_rowids NOT INDEXED WHERE minute > 5')" "SEARCH"
expect "WITHOUT ROWID, +minute > 5" "$(plan 'without_rowids WHERE +minute > 5')" "SCAN"
