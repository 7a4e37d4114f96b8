#!/usr/bin/env bash
# npm's msgpackr 1.11.5 has two packers, and what one of them packs is not one MessagePack value. The function pack() writes
# a map. The class Packr, which its documentation recommends for speed, writes each object by default as an extension of its
# own: the names of the members as a list, then the values one after another, outside of any list.
#   seen: {"id":"r-1","title":"Mill closes"} of Packr is 29 bytes that msgpackr reads back; Python's msgpack 1.1.2 calls 26
#   of them too many, and its streaming Unpacker, which is how records of a broker are often read, gives four values without
#   an error: an extension, the names, "r-1" and "Mill closes". @msgpack/msgpack 3.1.2 does the same with decodeMulti.
# `new Packr({ useRecords: false })` writes maps. tapewatch refuses such records with these words.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_node msgpackr@1.11.5 @msgpack/msgpack@3.1.2
with_python msgpack==1.1.2
cat >"$scratch/pack.js" <<'JS'
const { Packr, pack, unpack } = require("msgpackr");
const { decode, decodeMulti } = require("@msgpack/msgpack");
const article = { id: "r-1", title: "Mill closes" };
const bytes = { class: new Packr().pack(article), function: pack(article),
                "class without records": new Packr({ useRecords: false }).pack(article) };
const told = (read) => { try { return JSON.stringify(read()); } catch (error) { return error.constructor.name; } };
const packed = bytes[process.argv[2]];
const readers = { hex: () => packed.toString("hex"), own: () => unpack(packed), other: () => decode(packed),
                  "other, one by one": () => [...decodeMulti(packed)].length };
console.log(process.argv[3] === "hex" ? readers.hex() : told(readers[process.argv[3]]));
JS
packed() { timeout 60 node "$scratch/pack.js" "$@"; }
python_reads() { timeout 60 python3 -c '
import msgpack, sys
packed = bytes.fromhex(sys.argv[1])
try:
    print(msgpack.unpackb(packed))
except ValueError as error:
    print(type(error).__name__)
one_by_one = msgpack.Unpacker()
one_by_one.feed(packed)
print(len(list(one_by_one)))' "$1" | paste -sd ' '; }
article='{"id":"r-1","title":"Mill closes"}'
expect "the class, read by msgpackr" "$(packed class own)" "$article"
expect "the class, read by @msgpack/msgpack" "$(packed class other)" "RangeError"
expect "the class, values read one by one" "$(packed class "other, one by one")" "4"
expect "the class, read by Python: at once, one by one" "$(python_reads "$(packed class hex)")" "ExtraData 4"
expect "the function, read by @msgpack/msgpack" "$(packed function other)" "$article"
expect "the class without records" "$(packed "class without records" other)" "$article"
expect "the same, read by Python" "$(python_reads "$(packed "class without records" hex)")" \
  "{'id': 'r-1', 'title': 'Mill closes'} 1"
