#!/bin/bash
# bill_of_materials.sh BINARY VERSION: what the program is made of, as CycloneDX 1.5 in JSON, for the package. The Debian packages of the
# libraries it is linked with, those whose headers or archives are compiled into it, and the model, each with its version. From the root of
# the tree, on the machine that built it. The same files give the same bytes.
set -euo pipefail
binary=$1 version=$2
build_packages=daemon/packaging/packages.txt
model=model/weights/builtin

# The packages of the libraries, by whichever of its paths dpkg knows each.
linked() {
  local libraries paths=() library
  mapfile -t libraries < <(ldd "$binary" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p')
  for library in "${libraries[@]}"; do paths+=("$library" "$(readlink -f "$library")" "/usr$library" "${library#/usr}"); done
  { dpkg-query -S "${paths[@]}" 2>/dev/null || true; } | sed 's/:.*//' | sort -u
}

# Of what the build installs: the packages of headers and archives of which nothing is linked at run time.
compiled_in() {
  local package
  for package in $(sed 's/#.*//' $build_packages | tr -s ' \n' '\n' | grep -- '-dev$'); do
    if ! dpkg-query -W -f='${Depends}\n' "$package" | tr ',|' '\n\n' | sed 's/^ *\([^ :(]*\).*/\1/' |
      grep -qxF -f <(printf '%s\n' "$linked_packages"); then
      printf '%s\n' "$package"
    fi
  done | sort -u
}

component() { # <package> <scope of its use>
  dpkg-query -W -f='${Package}\t${source:Package}\t${Version}\t${Architecture}\t${db:Status-Status}\n' "$1" |
    awk -F'\t' -v use="$2" '$5 == "installed" {
      url = "pkg:deb/debian/" $1 "@" $3 "?arch=" $4 "&distro=debian-12"; gsub(/\+/, "%2B", url); gsub(/:/, "%3A", url)
      sub(/^pkg%3A/, "pkg:", url)
      printf ",\n    {\"type\": \"library\", \"bom-ref\": \"%s\", \"name\": \"%s\", \"version\": \"%s\", \"purl\": \"%s\",\n", $1, $1, $3, url
      printf "     \"properties\": [{\"name\": \"tapewatch:use\", \"value\": \"%s\"}, {\"name\": \"tapewatch:source\", \"value\": \"%s\"}]}", use, $2
      exit }'
}

linked_packages=$(linked)
compiled_packages=$(compiled_in)
weights=$(sha256sum $model/model.safetensors | cut -d' ' -f1)
printf '{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,\n'
printf '  "metadata": {"component": {"type": "application", "bom-ref": "tapewatch", "name": "tapewatch", "version": "%s"}},\n' "$version"
printf '  "components": [\n    {"type": "machine-learning-model", "bom-ref": "model", "name": "builtin",\n'
printf '     "hashes": [{"alg": "SHA-256", "content": "%s"}]}' "$weights"
for package in $linked_packages; do component "$package" linked; done
for package in $compiled_packages; do component "$package" compiled-in; done
printf '\n  ],\n  "dependencies": [{"ref": "tapewatch", "dependsOn": ["model"'
printf ', "%s"' $linked_packages $compiled_packages
printf ']}]}\n'
