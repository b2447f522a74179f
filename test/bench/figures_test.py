#!/usr/bin/python3
"""The figures and pictures of docs/07-performance.md can be made anew, and its tables are there: figures_test.py FOLDER_OF_PROGRAMS"""
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import guard
import pictures
from plot import Curve, Plot, step_of

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "07-performance.md"
PROGRAMS = sys.argv.pop(1)


class Figures(unittest.TestCase):
    def test_pictures_and_tables_are_made_of_what_growth_measures(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            lines, page = folder / "lines.jsonl", folder / "page.md"
            with lines.open("w") as out:
                subprocess.run([sys.executable, "-B", HERE / "growth.py", PROGRAMS, "--quick"], stdout=out, check=True)
            page.write_text(PAGE.read_text())
            subprocess.run([sys.executable, "-B", HERE / "pictures.py", lines, folder, page], check=True)
            text = page.read_text()
            self.assertIn("| `sign` | `users_show` |", text)
            self.assertIn("| `bearer` | `me` |", text)
            for picture in ("connections", "names", "pending"):
                self.assertIn(f"pictures/{picture}.svg", text)
                xml.etree.ElementTree.parse(folder / f"{picture}.svg")
            # Once more changes nothing.
            subprocess.run([sys.executable, "-B", HERE / "pictures.py", lines, folder, page], check=True)
            self.assertEqual(page.read_text(), text)

    def test_every_table_of_the_page_is_filled(self):
        for part in PAGE.read_text().split("<!-- figures: ")[1:]:
            self.assertIn("\n|---|", part.split("<!-- end -->")[0], part.split(" ")[0])

    def test_a_plot_has_four_to_ten_lines_and_every_point_inside(self):
        for highest in (0.03, 1, 4, 4.1, 9.9, 10, 77, 1234):
            self.assertTrue(4 <= round(highest / step_of(highest), 6) <= 10, highest)
        plot = Plot("<a & b>", "x", "y", [Curve("one", [(1, 2), (1000, 77)]), Curve("two", [])])
        self.assertEqual(len(plot.curves), 1)
        self.assertIn("&lt;a &amp; b&gt;", plot.svg())
        for x, y in ((1, 0), (1, 2), (1000, 77)):
            across, down = plot.place(x, y)
            self.assertTrue(0 <= across <= 720 and 0 <= down <= 360, (x, y))
        self.assertRaises(ValueError, Plot, "nothing", "x", "y", [Curve("one", [])])

    def test_numbers_have_two_digits_that_count(self):
        for number, text in ((0, "0"), (0.123, "0.12"), (1, "1.0"), (12.6, "13"), (1234, "1,200"), (999, "1,000")):
            self.assertEqual(pictures.rounded(number), text)

    def test_the_guard_says_what_is_above_its_ceiling_and_nothing_else(self):
        command = ["coauth_bench", "--suite", "sign"]
        self.assertEqual(guard.complaints("sign x", (103, 2), (100, 2), command), [])
        self.assertEqual(guard.complaints("sign x", (50, 0), (100, 2), command), [])
        found = guard.complaints("sign x", (104, 3), (100, 2), command)
        self.assertEqual(len(found), 3)
        self.assertIn("sign x: 104.00 instructions, 4.0 % more than the recorded 100.00", found[0])
        self.assertIn("50.0 % more", found[1])
        self.assertIn("--suite sign", found[2])
        self.assertTrue(guard.complaints("sign x", (100, 0.1), (100, 0), command))

    def test_every_ceiling_can_be_read(self):
        self.assertIn(("sign", "users_show"), guard.read_ceilings())


if __name__ == "__main__":
    unittest.main()
