#!/usr/bin/env bash
# SQLite 3.40's FTS5 has no tokenizer for text without spaces. unicode61 takes a Chinese sentence for one word, and the
# vowel signs of Hindi and Thai for spaces, so that it splits a word into letters. trigram silently finds nothing shorter
# than three letters, which many Chinese and Japanese company names are.
#   seen: the words of unicode61; how many titles `比亚迪` and `腾讯` find with each.
# tapewatch splits words itself (storage/text/search_words.hpp) and has `ascii` split them at spaces.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
cd "$scratch"
sqlite3 news.db "CREATE VIRTUAL TABLE words USING fts5 (title, tokenize = 'unicode61');
  CREATE VIRTUAL TABLE threes USING fts5 (title, tokenize = 'trigram');
  CREATE VIRTUAL TABLE word USING fts5vocab (words, row);
  INSERT INTO words VALUES ('हिन्दी'), ('腾讯控股与比亚迪');
  INSERT INTO threes VALUES ('腾讯控股与比亚迪');"
expect "words of unicode61" "$(sqlite3 news.db 'SELECT term FROM word ORDER BY 1' | paste -sd' ')" "द न ह 腾讯控股与比亚迪"
found() { sqlite3 news.db "SELECT count(*) FROM $1 WHERE $1 MATCH '\"$2\"'"; }
expect "unicode61: 比亚迪 腾讯" "$(found words 比亚迪) $(found words 腾讯)" "0 0"
expect "trigram: 比亚迪 腾讯" "$(found threes 比亚迪) $(found threes 腾讯)" "1 0"
