#!/usr/bin/python3
"""Every C++ snippet of README and docs stands in a source file that is compiled and run.

usage: snippets.py ROOT

A source marks a snippet by lines `// [NAME` and `// ]`. A document may show C++ only as such a snippet.
"""
import pathlib
import re
import sys

MARKED = re.compile(r'^[ \t]*// \[(\w+)\n(.*?)^[ \t]*// \]', re.M | re.S)
SHOWN = re.compile(r'^```cpp\n(.*?)^```', re.M | re.S)


def lines_of(text):
    """The lines without the indentation they share and without trailing space."""
    lines = [line.rstrip() for line in text.strip('\n').splitlines()]
    shared = min((len(l) - len(l.lstrip()) for l in lines if l), default=0)
    return [line[shared:] for line in lines]


def snippets_in(sources):
    return [lines_of(text) for source in sources for _, text in MARKED.findall(source)]


def unknown(document, snippets):
    """The snippets of a document that no source has."""
    return [shown for shown in map(lines_of, SHOWN.findall(document)) if shown not in snippets]


def main():
    root = pathlib.Path(sys.argv[1])
    sources = [p.read_text() for folder in ('examples', 'test') for p in sorted((root / folder).rglob('*.cpp'))]
    snippets = snippets_in(sources)
    bad = False
    for path in [root / 'README.md', *sorted((root / 'docs').rglob('*.md'))]:
        for shown in unknown(path.read_text(), snippets):
            bad = True
            print(f'{path.relative_to(root)}: this snippet stands in no source that is run:\n  ' + '\n  '.join(shown))
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
