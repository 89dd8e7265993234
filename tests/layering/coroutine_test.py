"""No statement that awaits may hold what g++ 12 gets wrong.

A temporary of class type that is made by ?:, from a braced list, or by a closure that owns something, is copied bit by bit
into the coroutine's frame when it stands in the same full expression as co_await; both copies are destroyed. (Shown with
AddressSanitizer; GCC bugs 99576 and 98401 are of that family.) Such a thing gets a name in a statement before.

`while (co_await …) co_await …;` reads its coroutine's parameters from the wrong place (seen: a reference that had become
65538). So no loop awaits in its condition; a for loop may where it steps."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("base", "wsdl", "security", "registry", "gateway", "stubs")

AWAITS = re.compile(r"\bco_await\b|\bHUTONG_(?:QUERY|ROWS|STEP)\s*\(")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'')
COMMENT = re.compile(r"//[^\n]*")
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
CLOSURE = re.compile(r"\[([^\[\]]*)\]\s*(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?[^{};()]*\{")
LOOP = re.compile(r"\bwhile\s*\(")
OPEN, CLOSE = "([{", ")]}"


def blank(match):
    """Of the same length, so that places stay where they are."""
    return re.sub(r"[^\n]", " ", match.group())


def plain(text):
    text = DIRECTIVE.sub(blank, COMMENT.sub(blank, text))
    return STRING.sub(lambda match: '"' + " " * (len(match.group()) - 2) + '"', text)


def end_of(text, start):
    """Where the group that opens at `start` ends."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in OPEN) - (text[place] in CLOSE)
        if depth == 0:
            return place + 1
    return len(text)


def statement(text, start):
    """From `start` to the end of its full expression."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] in OPEN:
            depth += 1
        elif text[place] in CLOSE:
            depth -= 1
            if depth < 0:
                return text[start:place]
        elif text[place] == ";" and depth == 0:
            return text[start:place]
    return text[start:]


def without_closures(expression):
    """The expression with the bodies of its closures blanked, and what they capture."""
    captured = []
    while match := CLOSURE.search(expression):
        captured.append(match.group(1))
        ends = end_of(expression, match.end() - 1)
        expression = expression[:match.start()] + "CLOSURE" + expression[ends:]
    return expression, captured


def owns(captures):
    return any(part.strip() and not part.strip().startswith("&") and part.strip() != "this" for part in captures.split(","))


def faults(expression):
    expression, captured = without_closures(expression)
    if any(owns(one) for one in captured):
        yield "a closure that owns what it captures"
    if re.search(r"\?(?!\s*\"\s*\"\s*:\s*\"\s*\")", expression):
        yield "a choice by ?:"
    if re.search(r"[\w>]\s*\{|[(,]\s*\{", expression):
        yield "a braced list"


def violations(text):
    text = plain(text)
    for match in AWAITS.finditer(text):
        for fault in faults(statement(text, match.start())):
            yield text.count("\n", 0, match.start()) + 1, fault
    for match in LOOP.finditer(text):
        if AWAITS.search(text[match.end():end_of(text, match.end() - 1)]):
            yield text.count("\n", 0, match.start()) + 1, "a loop's condition"


SAMPLES = (
    ("co_await f(x ? Param() : Param(y));", "a choice by ?:"),
    ("HUTONG_QUERY(rows, session, \"select ?\", with(a ? p(b) : p()));", "a choice by ?:"),
    ("co_await f(std::string(x ? \"true\" : \"false\"));", None),
    ("const auto a = co_await f(Status{good});", "a braced list"),
    ("co_await f({a, b});", "a braced list"),
    ("co_await pool.run([state] { return 1; });", "a closure that owns what it captures"),
    ("co_await pool.run([&] { return x ? 1 : 2; });", None),
    ("auto work = [state] { return 1; }; co_await pool.run(work);", None),
    ("if (x) { co_await f(a); } else { g(b ? 1 : 2); }", None),
    ("while (co_await f(a)) co_await g();", "a loop's condition"),
    ("while (x) co_await f(a);", None),
    ("for (bool on = true; on; on = co_await f(a)) co_await g();", None),
)


def main():
    failed = 0
    for sample, expected in SAMPLES:
        said = [fault for _, fault in violations(sample)]
        if said != ([expected] if expected else []):
            failed += 1
            print(f"the check itself: {sample} is said to hold {said}, not {expected}")
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*")) if path.suffix in (".cpp", ".hpp")]
    for path in files:
        for line, fault in violations(path.read_text(encoding="utf-8")):
            failed += 1
            print(f"{path.relative_to(ROOT)}:{line}: {fault} in an expression that awaits; name it in a statement before")
    count = len(files) + len(SAMPLES)
    print(f"ran {count} of {count} cases, {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
