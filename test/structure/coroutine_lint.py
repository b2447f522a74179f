#!/usr/bin/env python3
"""Finds coroutine statements that g++ 12 miscompiles: double frees, use after free, bodies that
never run. Not a compiler: it reads the house style, one plain `co_await` per statement.

Flagged is a statement with `co_await`
  condition  in the parentheses of if, while, for (but not of a range-for) or switch
  ternary    beside ?:
  lambda     beside a lambda that captures by value
  braces     beside or inside initializer braces
  twice      more than once
  macro      inside a macro such as CHECK

Usage: coroutine_lint.py ROOT
"""
import pathlib
import re
import sys

from cpp_text import without_comments_and_strings, without_preprocessor

TOKEN = re.compile(r'\w+|::|->|&&|\|\||[^\w\s]')
CONTROL = {'if', 'while', 'for', 'switch'}
BLOCK_AFTER = {')', '{', '}', ';', ':', 'else', 'do', 'try', 'const', 'noexcept', 'override', 'final', 'mutable'}
BLOCK_WORDS = {'namespace', 'class', 'struct', 'union', 'enum', 'extern', 'requires', 'concept'}
MACRO = re.compile(r'(CHECK|REQUIRE|WARN|ASSERT|EXPECT)(_\w+)?')


class Token:
    def __init__(self, text, line):
        self.text, self.line = text, line


def tokens_of(text):
    line, at, found = 1, 0, []
    for match in TOKEN.finditer(text):
        line += text.count('\n', at, match.start())
        at = match.start()
        found.append(Token(match.group(0), line))
    return found


class Reader:
    """Splits tokens into statements. A lambda's body is a place of its own: what is awaited there is
    not awaited by the statement around it."""

    def __init__(self, text):
        self.tokens = tokens_of(without_preprocessor(without_comments_and_strings(text)))
        self.at = 0
        self.statements = []

    def read(self):
        while self.at < len(self.tokens):
            self.block()
            self.at += 1  # a closing brace too many: go on
        return self.statements

    def block(self):
        """Reads statements up to the closing brace of this block, which is left to the caller."""
        while self.at < len(self.tokens) and self.tokens[self.at].text != '}':
            self.statement()

    def statement(self):
        words, depth = [], 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            text = token.text
            if text == '}' and depth == 0:
                break
            self.at += 1
            if text == ';' and depth == 0:
                break
            if text == '{':
                if self.is_lambda_body(words):
                    self.inner_block()
                    words.append(Token('<body>', token.line))
                    continue
                if depth == 0 and self.is_block(words):
                    self.keep(words)
                    self.inner_block()
                    return
                words.append(token)
                depth += 1
                continue
            words.append(token)
            if text in '([':
                depth += 1
            elif text in ')]}':
                depth -= 1
                if text == ')' and depth == 0 and self.is_control(words):
                    break
        self.keep(words)

    def inner_block(self):
        self.block()
        self.at += 1

    def keep(self, words):
        if words:
            self.statements.append(words)

    @staticmethod
    def is_control(words):
        """True if `words` are the whole head of a control statement: `if (...)`, `else if (...)`."""
        texts = [word.text for word in words]
        opening = texts.index('(')
        return any(text in CONTROL for text in texts[:opening])

    @staticmethod
    def is_block(words):
        if not words:
            return True
        texts = [word.text for word in words]
        if texts[-1] in BLOCK_AFTER or any(text in BLOCK_WORDS for text in texts):
            return True
        # A function with a trailing return type.
        return '->' in texts and texts[texts.index('->') - 1] in (')', 'const', 'noexcept') and 'co_await' not in texts \
            and '=' not in texts

    @staticmethod
    def is_lambda_body(words):
        """True if a `{` here begins a lambda's body: `[...] {`, `[...](...) mutable -> type {`."""
        texts = [word.text for word in words]
        end = len(texts)
        for at in range(len(texts) - 1, -1, -1):  # leave out a return type
            if texts[at] == '->' and '(' not in texts[at:] and '=' not in texts[at:] and ';' not in texts[at:]:
                end = at
                break
            if texts[at] in (')', ']', ';', '='):
                break
        while end and texts[end - 1] in ('mutable', 'noexcept', 'constexpr'):
            end -= 1
        if end and texts[end - 1] == ')':
            end = opening_of(texts, end - 1)
        return end > 0 and texts[end - 1] == ']' and is_introducer(texts, opening_of(texts, end - 1))


def opening_of(texts, closing):
    """The index of the bracket that `texts[closing]` closes."""
    pairs = {')': '(', ']': '[', '}': '{'}
    want, depth = pairs[texts[closing]], 0
    for at in range(closing, -1, -1):
        if texts[at] == texts[closing]:
            depth += 1
        elif texts[at] == want:
            depth -= 1
            if depth == 0:
                return at
    return 0


def is_introducer(texts, at):
    """True if the `[` at `at` begins a lambda, not a subscript, a binding or an attribute."""
    if at > 0 and (re.fullmatch(r'\w+', texts[at - 1]) and texts[at - 1] not in ('return', 'co_return', 'co_await')
                   or texts[at - 1] in (')', ']', '[', '""')):
        return False
    return at + 1 >= len(texts) or texts[at + 1] != '['


def captures_by_value(texts):
    for at, text in enumerate(texts):
        if text != '[' or not is_introducer(texts, at):
            continue
        depth, end = 0, at
        for end in range(at, len(texts)):
            depth += (texts[end] in '([{') - (texts[end] in ')]}')
            if depth == 0:
                break
        if '<body>' not in texts[end:]:
            continue
        inside = texts[at + 1:end]
        starts = [word for i, word in enumerate(inside) if i == 0 or inside[i - 1] == ',']
        if any(word not in ('&', 'this') for word in starts):
            return True
    return False


def enclosed(texts, heads):
    """True if a `co_await` stands in parentheses that follow a word for which `heads` holds."""
    stack = []
    for at, text in enumerate(texts):
        if text == '(':
            before = texts[at - 1] if at else ''
            if before == 'constexpr' and at > 1:
                before = texts[at - 2]
            stack.append(before)
        elif text == ')' and stack:
            stack.pop()
        elif text == 'co_await' and any(heads(head) for head in stack):
            return True
    return False


def faults_of(words):
    texts = [word.text for word in words]
    if 'co_await' not in texts:
        return
    range_for = 'for' in texts and ':' in texts and ';' not in texts
    if not range_for and enclosed(texts, lambda head: head in CONTROL):
        yield 'condition'
    if '?' in texts:
        yield 'ternary'
    if captures_by_value(texts):
        yield 'lambda'
    if '{' in texts:
        yield 'braces'
    if texts.count('co_await') > 1:
        yield 'twice'
    if enclosed(texts, lambda head: MACRO.fullmatch(head) is not None):
        yield 'macro'


def check_text(text):
    """(line, fault) for every fault in a source text."""
    for words in Reader(text).read():
        for fault in faults_of(words):
            line = next(word.line for word in words if word.text == 'co_await')
            yield line, fault


def check(root):
    root = pathlib.Path(root)
    found, awaits = [], 0
    for base in ('include', 'src', 'examples', 'test'):
        for file in sorted((root / base).rglob('*.[ch]pp')):
            text = file.read_text()
            awaits += without_comments_and_strings(text).count('co_await')
            for line, fault in check_text(text):
                found.append(f'{file.relative_to(root)}:{line}: co_await {fault}: {__doc__.split(fault, 1)[1].splitlines()[0].strip()}')
    return found, awaits


if __name__ == '__main__':
    complaints, awaits = check(sys.argv[1])
    print('\n'.join(complaints) or f'{awaits} awaits, each plain')
    sys.exit(bool(complaints))
