#!/usr/bin/python3
"""`enrich_profiles` on what users have: tables of spreadsheets and scripts, and files that are something else.

usage: enrich_profiles_inputs_test.py ENRICH_PROFILES COAUTH_SANDBOX
"""
import codecs
import csv
import io
import itertools
import json
import subprocess
import sys
import unittest

from at_once import run_all
from enrich_job import Job, calls, names_served
from sandbox_process import control

Job.program, Job.sandbox = sys.argv.pop(1), sys.argv.pop(1)

MARKS = {"utf-8": b"", "utf-8-sig": b"", "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def table(rows, encoding="utf-8", before="", **dialect):
    """What Python's csv module writes."""
    text = io.StringIO()
    csv.writer(text, **dialect).writerows(rows)
    return MARKS[encoding] + (before + text.getvalue()).encode(encoding)


class Input(Job):
    def read(self, ready, text, *arguments, code=0):
        """Runs on a new OUT."""
        self.out.unlink(missing_ok=True)
        control(ready, "/reset", {})
        return self.run_job(ready, self.input(text), *arguments, code=code)

    def check_found(self, ready, text, names, *arguments):
        self.read(ready, text, *arguments)
        self.assertEqual(self.outcomes(), [(name, "found") for name in names])
        self.assertEqual(names_served(ready), {name: 1 for name in names})

    def check_wrong_usage(self, ready, text, *arguments):
        self.assertIsNone(self.read(ready, text, *arguments, code=2))
        self.assertEqual((self.out.exists(), calls(ready)), (False, 0))


class RowsThatCannotBeRead(Input):
    ROWS = ('1, "Lovelace, user_9, Dr", user_1', '1,"Ada", "user_9"', '1, "a\nb, user_9, c\nd", user_9', '1,5" disk,user_9', '1,Ada,us"er_9',
            '1,"Ada"x,user_9', '1,Ada,"user_9"x', "1,Ada", "user_9", "1,Lovelace, user_9,user_1", "1,Ada,user_9,", "1,,user_9,,,,")

    def test_each_is_invalid_by_its_line_and_no_user_is_asked_for(self):
        with self.provider() as ready:
            for row, end in zip(self.ROWS, itertools.cycle(("\n", "\r\n", "\r"))):
                with self.subTest(row=row, end=end):
                    summary = self.read(ready, end.join(("x, name, username", "0,y,user_2", row, "2,z,user_3", "")))
                    self.assertEqual(self.outcomes(), [("user_2", "found"), ("", "invalid"), ("user_3", "found")])
                    self.assertRegex(self.lines()[1]["error"]["message"], "^lines 3 to 5: " if "\n" in row else "^line 3: ")
                    self.assertEqual(names_served(ready), {"user_2": 1, "user_3": 1})
                    self.assertEqual(summary["cost_usd"], 0.02)

    def test_a_quote_that_is_never_closed_takes_the_rest_and_says_so(self):
        with self.provider() as ready:
            self.read(ready, 'x,username\n0,user_2\n1,"user_3\n2,user_4\n')
            self.assertEqual(self.outcomes(), [("user_2", "found"), ("", "invalid")])
            self.assertIn("lines 3 to 4: a quote is never closed", self.lines()[1]["error"]["message"])


class Spreadsheets(Input):
    NAMES = [f"user_{i}" for i in range(1, 11)]

    def rows(self):
        texts = ("", "a; b, c\td", 'say "hi"\r\nline', "J\u00fcrgen \U0001f600", "|")
        return [["", "full name", "User Name"], *([i, texts[i % len(texts)], name] for i, name in enumerate(self.NAMES))]

    def test_every_encoding_delimiter_and_line_end(self):
        with self.provider() as ready:
            ends = itertools.cycle(("\n", "\r\n", "\r"))
            quotes = itertools.cycle((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL))
            for (encoding, delimiter), end, quoting in zip(itertools.product(MARKS, ",;\t|"), ends, quotes):
                how = {"encoding": encoding, "delimiter": delimiter, "lineterminator": end, "quoting": quoting}
                with self.subTest(**how):
                    self.check_found(ready, table(self.rows(), **how), self.NAMES)
                    self.assertIn('column "User Name" (3 of 3)', self.err)
                    self.assertIn("separated by " + {",": "commas", ";": "semicolons", "\t": "tabs", "|": "|"}[delimiter], self.err)
                    self.assertEqual("UTF-16" in self.err, "16" in encoding)

    def test_a_row_that_declares_the_delimiter_and_empty_rows_at_the_end(self):
        with self.provider() as ready:
            for delimiter in ";,\t":
                text = table([*self.rows(), *[[""] * 3] * 30, []], "utf-8-sig", f"sep={delimiter}\r\n", delimiter=delimiter)
                self.check_found(ready, text + b"\r\n\r\n", self.NAMES)

    def test_one_column(self):
        with self.provider() as ready:
            headers = ("username", "@username", "User Name", '"username"', '"User name of the account"', "handle", "screen_name", "id", "")
            ends = itertools.cycle(("\n", "\r\n", "\r"))
            for (header, quote), encoding, end in zip(itertools.product(headers, ("", '"')), itertools.cycle(MARKS), ends):
                with self.subTest(header=header, quote=quote, encoding=encoding, end=end):
                    lines = [header] * bool(header) + [quote + name + quote for name in self.NAMES[:2]]
                    self.check_found(ready, MARKS[encoding] + (end.join(lines) + end).encode(encoding), self.NAMES[:2])
                    self.assertEqual("IN is " in self.err, bool(header or quote))
            self.check_found(ready, "nick\nuser_1\n", ["user_1"], "--column", "Nick")

    def test_what_is_no_text_is_refused(self):
        with self.provider() as ready:
            for octets, word in ((b"PK\x03\x04\n\n", "spreadsheet"), ("user_1\n".encode("utf-32"), "UTF-32"), (b"\x1f\x8b\x08\n", "gzip")):
                self.assertIsNone(self.read(ready, octets, code=1))
                self.assertIn(word, self.err)
                self.assertFalse(self.out.exists())


class WhichColumn(Input):
    def test_with_several_that_could_be_meant_it_asks_for_the_column(self):
        with self.provider() as ready:
            for header, named in (("id,author_id,text", '"id" "author_id"'), ("id;user_id;x", '"id" "user_id"'), ("id\tname\tx", '"id" "name"'),
                                  ('"Screen Name",x,"@username"', '"Screen Name" "@username"'), ("user,name,x", '"user" "name"'),
                                  ("username,USERNAME,x", '"username" "USERNAME"')):
                self.check_wrong_usage(ready, header + "\n1,2,3\n")
                self.assertIn("--column", self.err)
                self.assertIn(named, self.err)
            text = "id,author_id,text\n20,1,hello\n21,2,world\n"
            self.read(ready, text, "--column", "Author ID")
            self.assertEqual([line["input"] for line in self.lines()], ["1", "2"])
            self.check_wrong_usage(ready, text, "--column", "author")
            self.assertIn('"id" "author_id" "text"', self.err)

    def test_of_stdin_too(self):
        with self.provider() as ready:
            process = self.start(ready, "-", stdin=subprocess.PIPE)
            process.stdin.write("id,author_id,text\n")
            process.stdin.flush()
            self.assertEqual(process.wait(), 2)
            self.assertIn("--column", process.communicate()[1])
            self.assertEqual((self.out.exists(), calls(ready)), (False, 0))


class MostlyInvalid(Input):
    def check_refused(self, ready, text, *arguments, out=None):
        self.out.unlink(missing_ok=True)
        if out is not None:
            self.out.write_text(out)
        before = calls(ready)
        self.assertIsNone(self.run_job(ready, self.input(text), *arguments, code=1))
        self.assertIn("inputs of IN are invalid, such as ", self.err)
        self.assertIn("expected: ", self.err)
        self.assertIn("Nothing was asked or written", self.err)
        self.assertEqual(self.out.read_text() if self.out.exists() else None, out)
        self.assertEqual(calls(ready), before)

    @staticmethod
    def lines_of(valid, invalid):
        return "".join(f"user_{i % 10 + 1}\n" for i in range(valid)) + "".join(f"no name {i}\n" for i in range(invalid))

    def test_more_than_half_of_the_first_thousand_stops_it_before_anything_is_done(self):
        with self.provider() as ready:
            for valid, invalid in ((0, 20), (9, 11), (499, 501), (499, 5000)):
                self.check_refused(ready, self.lines_of(valid, invalid))
                judged = min(valid + invalid, 1000)
                self.assertIn(f"{judged - valid} of the first {judged} inputs", self.err)
                self.assertIn(f'"no name 0": line {valid + 1}: ', self.err)
            for valid, invalid in ((0, 19), (10, 10), (500, 500), (500, 600)):
                summary = self.read(ready, self.lines_of(valid, invalid))
                self.assertEqual((summary["found"], summary["invalid"]), (valid, invalid))
            self.check_refused(ready, "x, username\n" + '1, "user_1"\n' * 30)
            self.assertIn('column "username"', self.err)
            process = self.start(ready, self.input(self.lines_of(0, 20)), "--json")
            self.assertEqual(json.loads(process.communicate()[0])["error"]["code"], "invalid_argument")

    def test_run_again_it_says_the_same(self):
        with self.provider() as ready:
            text = self.lines_of(9, 11)
            found = "".join('{"input":"user_%d","outcome":"%s","profile":null,"error":null}\n' % (i + 1, "failed" if i == 3 else "found")
                            for i in range(9))
            for out in ("", found, found + '{"input":"no na', found + '{"input":"no name 0","outcome":"invalid","profile":null,"error":null}\n'):
                for arguments in ([], ["--retry-failed"], ["--unordered"]):
                    self.check_refused(ready, text, *arguments, out=out)
            # And a file that was good stays good, whatever follows and however much of it is done.
            good = self.lines_of(500, 600)
            self.read(ready, good)
            whole = self.out.read_text().splitlines(keepends=True)
            for kept in (1100, 600, 0):
                self.out.write_text("".join(whole[:kept]))
                self.assertEqual(self.run_job(ready, self.input(good), "--retry-failed")["inputs"], 1100)
                self.assertEqual(self.out.read_text(), "".join(whole))

    def piped(self, ready, pieces):
        """Each piece once the one before has been read."""
        self.out.unlink(missing_ok=True)
        process = self.start(ready, "-", stdin=subprocess.PIPE)
        for piece in pieces:
            try:
                process.stdin.write(piece)
                process.stdin.flush()
            except BrokenPipeError:
                break
        return process

    def test_stdin_is_judged_before_anything_of_it_is_asked_or_written(self):
        with self.provider() as ready:
            before = calls(ready)
            text = self.lines_of(9, 11)
            many = self.lines_of(0, 30)
            for pieces in ([text], [many], many.splitlines(keepends=True), list(many)):
                process = self.piped(ready, pieces)
                self.assertEqual(process.wait(), 1)  # although the pipe stays open
                stdout, err = process.stdout.read(), process.stderr.read()
                for stream in (process.stdout, process.stderr):
                    stream.close()
                try:
                    process.stdin.close()
                except BrokenPipeError:
                    pass
                self.assertEqual(stdout, "")
                self.assertIn("of IN are invalid, such as ", err)
                self.assertFalse(self.out.exists())
            self.assertEqual(calls(ready), before)

    def test_stdin_that_ends_too_early_to_be_judged_gets_its_lines(self):
        with self.provider() as ready:
            process = self.piped(ready, self.lines_of(0, 19).splitlines(keepends=True))
            stdout, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
            self.assertEqual(json.loads(stdout)["invalid"], 19)

    def test_stdin_that_turns_bad_stops_it_and_what_was_asked_is_kept(self):
        with self.provider() as ready:
            process = self.piped(ready, ["user_1\nuser_2\n"])
            while not self.out.exists() or self.out.read_bytes().count(b"\n") < 2:
                self.assertIsNone(process.poll())
            stdout, err = process.communicate(self.lines_of(0, 30))
            self.assertEqual(process.returncode, 1)
            self.assertIn("30 of the first 32 inputs of IN are invalid", err)
            self.assertIn("No more is asked", err)
            self.assertEqual(json.loads(stdout)["inputs"], 2)
            self.assertEqual(self.outcomes(), [("user_1", "found"), ("user_2", "found")])


if __name__ == "__main__":
    run_all()
