#!/usr/bin/env python3
"""One dialect in every room, where no formatter looks. Run from anywhere; --fix repairs what it can.

- A body that fits on the line of its `if`, `for` or `while` stands there without braces; one that does not has braces.
- Comments before declarations in headers begin with ///.
- A file holds one concept: at most 350 lines (tests: 460).
- Every constexpr variable, wherever it stands, is named kLikeThis.
- [[nodiscard]] stands on types whose value must not be dropped (locks, transactions, statuses), never on functions.
- Words that a native editor strikes out of comments and messages.
"""
import pathlib
import re
import subprocess
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH = 120
MOST_LINES = 350
MOST_LINES_OF_A_TEST = 460

SHORT = re.compile(
    r"^(?P<head> *(?:if|for|while) \(.*\)) \{\n +(?! )(?P<body>(?!(?:if|for|while|do|switch|try|case|default|else|//|auto \[|static )\b)"
    r"[^\n{}/]*;)(?P<note>  // [^\n]*)?\n *\}\n(?! *else)",
    re.M,
)
BARE = re.compile(r"^(?P<indent> *)(?:\} )?(?:(?:else )?(?:if|for|while) (?:constexpr )?\(.*\)|else)$")
OPENS_CLASS = re.compile(r"^(?:template .*)?(?:class|struct|union|enum)\b.*\{")
PLAIN_DOC = re.compile(r"^(?P<indent> *)// (?=[A-Z\"`0-9({])")
DECLARATION = re.compile(r"^ *(?:\[\[|template|class|struct|enum|using|inline|constexpr|static|virtual|explicit|const|std::|void|bool|[A-Za-z_:<>]+[ &*]+[A-Za-z_]+)")
NOT_CODE = re.compile(r'R"\((?s:.*?)\)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*(?s:.*?)\*/')
CONSTANT = re.compile(r"(?<!\w)constexpr +(?!\()")
NODISCARD = re.compile(r"(?<!class )(?<!struct )\[\[nodiscard\]\] ?")
STRUCK = re.compile(r"(?<!there )\b(?:is|are) no (?!longer|more|less|later|earlier|larger|smaller|way)\w+|\bthe house\b|\bso many\b", re.I)


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def joined(match):
    line = f"{match['head']} {match['body']}{match['note'] or ''}"
    return line + "\n" if columns(line) <= WIDTH and match["head"].count("(") == match["head"].count(")") else match[0]


def is_bare(line):
    return BARE.match(line) and line.count("(") == line.count(")")


def braced(text):
    """Braces around every body on its own line, innermost first."""
    lines = text.split("\n")
    while True:
        heads = [i for i, line in enumerate(lines) if is_bare(line) and not is_bare(lines[i + 1])]
        if not heads:
            return "\n".join(lines)
        i = heads[-1]
        indent = BARE.match(lines[i])["indent"]
        end = i + 1
        while not re.search(r"[;}](?:  // .*)?$", lines[end]) or balance("\n".join(lines[i + 1 : end + 1])):
            end += 1
        lines[i] += " {"
        if re.match(rf"^{indent}else\b", lines[end + 1]):
            lines[end + 1] = f"{indent}}} {lines[end + 1].lstrip()}"
        else:
            lines.insert(end + 1, indent + "}")


def balance(text):
    return sum(text.count(c) for c in "({[") - sum(text.count(c) for c in ")}]")


def documented(text):
    """The header with /// before declarations: a block of // lines that ends right above one."""
    lines = text.split("\n")
    i = 0
    in_class = False
    while i < len(lines):
        if lines[i] and lines[i][0] not in " /#}":
            in_class = bool(OPENS_CLASS.match(lines[i]))
        if not re.match(r"^ *//(?!/)", lines[i]):
            i += 1
            continue
        end = i
        while end < len(lines) and re.match(r"^ *//(?!/)", lines[end]):
            end += 1
        after = lines[end] if end < len(lines) else ""
        indent = len(lines[i]) - len(lines[i].lstrip())
        if (indent == 0 or (indent == 2 and in_class)) and PLAIN_DOC.match(lines[i]) and DECLARATION.match(after) and not after.lstrip().startswith(("namespace", "#")):
            for k in range(i, end):
                lines[k] = re.sub(r"^( *)//", r"\1///", lines[k])
        i = end
    return "\n".join(lines)


def blanked(text):
    """The text with comments, strings and characters blanked out: what is left is code, in its place."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def constants(code):
    """(offset, name) of every constexpr variable in `code`, those after a comma too."""
    for match in CONSTANT.finditer(code):
        depth, at, start, in_value = 0, match.end(), match.end(), False
        while at < len(code):
            c = code[at]
            if depth == 0 and not in_value and c in "=({;" or depth == 0 and c in ",;":
                if not in_value:
                    name = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)?$", code[start:at])
                    if c == "(" or name is None or "operator" in code[start:at]:
                        break  # a function
                    yield start + name.start(), name[1]
                in_value = c in "={"
                if c == ";":
                    break
                start = at + 1
            if c in "([{" or c == "<" and not in_value:
                depth += 1
            elif c in ")]}" or c == ">" and not in_value and code[at - 1] != "-":
                depth -= 1
                if depth < 0:
                    break
            at += 1


def files():
    listed = subprocess.run(["git", "ls-files", "*.cpp", "*.hpp"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [pathlib.Path(name) for name in listed.stdout.split()]


def check(path, fix):
    place = ROOT / path
    text = place.read_text()
    mended = NODISCARD.sub("", braced(SHORT.sub(joined, text)))
    if path.suffix == ".hpp":
        mended = documented(mended)
    if fix and mended != text:
        place.write_text(mended)
        text = mended
    faults = []
    if mended != text:
        first = next(i for i, (a, b) in enumerate(zip(text.split("\n"), mended.split("\n")), 1) if a != b)
        faults.append((first, "braces around a body that fits on the line, none around one that does not, // before a declaration, or [[nodiscard]] on a function: --fix"))
    for number, line in enumerate(text.split("\n"), 1):
        if STRUCK.search(line) and ("//" in line or '"' in line) and path.parts[0] != "tests":
            faults.append((number, f"say it shorter: {STRUCK.search(line)[0]!r}"))
    for offset, name in constants(blanked(text)):
        if not re.match(r"k[A-Z]", name):
            faults.append((text.count("\n", 0, offset) + 1, f"a constant is named kLikeThis: {name}"))
    most = MOST_LINES_OF_A_TEST if path.parts[0] == "tests" else MOST_LINES
    if text.count("\n") > most:
        faults.append((most, f"more than {most} lines: does the file still hold one concept?"))
    return [f"{path}:{number}: {fault}" for number, fault in faults]


def main():
    fix = "--fix" in sys.argv[1:]
    listed = files()
    faults = [fault for path in listed for fault in check(path, fix)]
    print("\n".join(faults))
    print(f"dialect: {len(listed)} files, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
