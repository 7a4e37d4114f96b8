#!/usr/bin/env bash
# Atom (RFC 4287, 4.2.7.2): a link without rel is the "alternate" one, the article. When no link says rel="alternate",
# two readers take an entry's first link of any kind instead: PyPI's fastfeedparser 0.6.5 and npm's rss-parser 3.13.0.
#   seen: with rel="self" first and then the article's link without rel, both return the address of the entry's own Atom
#   document; with rel="alternate" written out, both return the article.
# Whoever takes that address for the item's identity, or shows it to readers, has every story of such a feed wrong. A
# missing rel, and an empty one, is "alternate".
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_node rss-parser@3.13.0 xml2js@0.5.0 entities@2.2.0
with_python fastfeedparser==0.6.5 lxml==6.1.3 python-dateutil==2.9.0.post0 six==1.17.0
feed() {  # feed REL…: the attribute of the article's link
  cat <<XML
<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:feed</id><title>Wire</title><updated>2026-11-27T10:00:00Z</updated>
<author><name>Desk</name></author><entry><id>urn:x:1</id><title>Orlo</title><updated>2026-11-27T10:00:00Z</updated>
<link rel="self" href="https://news.example/1.atom"/><link $* href="https://news.example/article-1"/></entry></feed>
XML
}
feed >"$scratch/without.xml"
feed 'rel="alternate"' >"$scratch/with.xml"
cat >"$scratch/link.py" <<'PY'
import sys, fastfeedparser
print(fastfeedparser.parse(open(sys.argv[1], "rb").read()).entries[0].link)
PY
cat >"$scratch/link.js" <<'JS'
const Parser = require("rss-parser");
const text = require("fs").readFileSync(process.argv[2], "utf8");
new Parser().parseString(text).then((feed) => console.log(feed.items[0].link));
JS
link() { timeout 120 "$1" "$scratch/link.$2" "$scratch/$3.xml"; }
expect "fastfeedparser, without rel" "$(link python3 py without)" "https://news.example/1.atom"
expect "fastfeedparser, rel=alternate" "$(link python3 py with)" "https://news.example/article-1"
expect "rss-parser, without rel" "$(link node js without)" "https://news.example/1.atom"
expect "rss-parser, rel=alternate" "$(link node js with)" "https://news.example/article-1"
