#!/usr/bin/env bash
# npm's rss-parser 3.13.0 moves words. Atom allows content and summary of type="xhtml", where markup is real elements; it
# puts an element's own text first and its children behind it, so that every emphasised word goes to the end. A title of
# that type comes as an object, not as text. The same markup escaped, type="html", keeps its order.
#   seen: "Orlo will <em>not</em> cut its dividend" is read as "Orlo will  cut its dividendnot"; no error.
# A headline that says the opposite after reading cannot be told from a true one: read such feeds with something that
# serialises the nodes in their order. In tapewatch that is ingest/feed/parse/feed_text.cpp.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_node rss-parser@3.13.0 xml2js@0.5.0 entities@2.2.0
cat >"$scratch/read.js" <<'JS'
const Parser = require("rss-parser");
const [name, type] = process.argv.slice(2);
const text = "Orlo will <em>not</em> cut its dividend";
const markup = type === "html" ? text.replace(/</g, "&lt;").replace(/>/g, "&gt;")
                               : `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`;
const title = name === "title" ? "" : "<title>Orlo</title>";
const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:feed</id><title>Wire</title>
  <updated>2026-11-27T10:00:00Z</updated><author><name>Desk</name></author><entry><id>urn:x:1</id>${title}
  <updated>2026-11-27T10:00:00Z</updated><link rel="alternate" href="https://news.example/1"/>
  <${name} type="${type}">${markup}</${name}></entry></feed>`;
const plain = (value) => typeof value === "string" ? value.replace(/<[^>]*>/g, "") : typeof value;
new Parser().parseString(feed).then(({ items: [item] }) => console.log(plain(item[name])));
JS
read_as() { timeout 60 node "$scratch/read.js" "$@"; }
expect "content, html" "$(read_as content html)" "Orlo will not cut its dividend"
expect "content, xhtml" "$(read_as content xhtml)" "Orlo will  cut its dividendnot"
expect "summary, xhtml" "$(read_as summary xhtml)" "Orlo will  cut its dividendnot"
expect "title, xhtml" "$(read_as title xhtml)" "object"
