#!/usr/bin/env python3
"""Holds the shape of the tree: short files, folders that are words of the domain, few things at the
top. Usage: shape.py ROOT
"""
import pathlib
import subprocess
import sys

LONGEST = 400  # lines
CODE = {'.hpp', '.cpp', '.py', '.sh', '.cmake', '.rb', '.pl', '.js', '.mjs'}
DUMPING_GROUNDS = {'utils', 'util', 'common', 'misc', 'helpers', 'helper', 'detail', 'details'}
TOP = {
    'include', 'src', 'examples', 'test', 'docs', 'bench',
    'CMakeLists.txt', 'CMakePresets.json',
    'README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md',
}


def files_of(root):
    """What git keeps, or would; everything but the build folder where there is no git."""
    listed = subprocess.run(['git', '-C', str(root), 'ls-files', '--cached', '--others', '--exclude-standard'],
                            capture_output=True, text=True, check=False) if (root / '.git').exists() else None
    if listed and listed.returncode == 0:
        paths = [pathlib.PurePosixPath(line) for line in listed.stdout.splitlines()]
    else:
        paths = [pathlib.PurePosixPath(file.relative_to(root).as_posix()) for file in root.rglob('*') if file.is_file()]
        paths = [path for path in paths if path.parts[0] not in ('build', '.git')]
    return sorted(path for path in paths if (root / path).is_file())


def check(root):
    """Every complaint about the tree at `root`, as `path: text`."""
    root = pathlib.Path(root)
    found = []
    for path in files_of(root):
        top = path.parts[0]
        if top not in TOP and not top.startswith('.'):
            found.append(f'{top}: does not belong at the top')
        for part in (*path.parts[:-1], path.stem):
            if part in DUMPING_GROUNDS:
                found.append(f'{path}: "{part}" does not say what is inside')
        if path.suffix in CODE or path.name == 'CMakeLists.txt':
            lines = (root / path).read_text().count('\n')
            if lines > LONGEST:
                found.append(f'{path}: {lines} lines, more than {LONGEST}')
    return sorted(set(found))


if __name__ == '__main__':
    complaints = check(sys.argv[1])
    print('\n'.join(complaints) or 'in shape')
    sys.exit(bool(complaints))
