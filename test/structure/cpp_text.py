"""C++ source as text: without comments, and with strings emptied."""
import re

_PIECES = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\\ ]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>\b\d[\w']*)"
    r"|(?P<char>'(?:\\.|[^'\\\n])+')",
    re.S)


def without_comments_and_strings(text):
    """Keeps every line break, so that line numbers stay true."""
    def emptied(match):
        lines = '\n' * match.group(0).count('\n')
        if match.lastgroup == 'comment' or match.group('comment') is not None:
            return ' ' + lines
        if match.group('number') is not None:
            return match.group(0).replace("'", '')
        return '""' + lines
    return _PIECES.sub(emptied, text)


def without_preprocessor(text):
    """Blanks `#` lines and the lines they continue on."""
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*',
                  lambda match: '\n' * match.group(0).count('\n'), text, flags=re.M)
