#!/usr/bin/python3
"""Writes what the suites json and client of coauth_bench read: inputs.py FOLDER, which is then BENCH_TMP.

A profile as X's API 1.1 has it, with escapes, links and fields that nobody reads; a hundred of them; and a list of users.
"""
import json
import pathlib
import sys

USERS = 1024
FIRST_ID = 1_789_588_740


def name_of(number):
    return f"user_{number:04}"


def profile(number):
    picture = f"pbs.example.com/profile_images/{942858479592554497 + number}/BbazLO9L_normal.jpg"
    background = "abs.example.com/images/themes/theme1/bg.png"
    link = {"url": "https://t.co/8IkCzCDr19", "expanded_url": "https://developer.example.com/en/docs",
            "display_url": "developer.example.com/en/docs", "indices": [0, 23]}
    return {
        "id": FIRST_ID + number, "id_str": str(FIRST_ID + number), "name": f"Example Caf\u00e9 {number}",
        "screen_name": name_of(number), "location": "San Francisco, CA",
        "description": "The real profile text, with \"quotes\", a slash / and a link: https://t.co/abcdefghij and a second "
                       "line.\nMore.",
        "url": link["url"], "entities": {"url": {"urls": [link]}, "description": {"urls": []}}, "protected": False,
        "followers_count": 1509578 + number, "friends_count": 2132, "listed_count": 11656,
        "created_at": "Wed May 23 06:01:13 +0000 2007", "favourites_count": 29580, "utc_offset": None, "time_zone": None,
        "geo_enabled": True, "verified": False, "statuses_count": 91538, "lang": None, "contributors_enabled": False,
        "is_translator": False, "is_translation_enabled": False, "profile_background_color": "C0DEED",
        "profile_background_image_url": "http://" + background,
        "profile_background_image_url_https": "https://" + background, "profile_background_tile": True,
        "profile_image_url": "http://" + picture, "profile_image_url_https": "https://" + picture,
        "profile_link_color": "0084B4", "default_profile": False, "default_profile_image": False, "following": False,
        "follow_request_sent": False, "notifications": False, "translator_type": "regular", "withheld_in_countries": [],
    }


def write(folder):
    data = pathlib.Path(folder, "data")
    data.mkdir(parents=True, exist_ok=True)

    def body(value):
        return json.dumps(value, separators=(",", ":")).replace("/", "\\/")  # as X writes it
    # coauth_bench asks for the eighth user.
    (data / "user.json").write_text(body(profile(7)))
    (data / "lookup100.json").write_text(body([profile(number) for number in range(100)]))
    pathlib.Path(folder, "targets.txt").write_text(
        "".join(f"{name_of(number)} {FIRST_ID + number}\n" for number in range(USERS)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
