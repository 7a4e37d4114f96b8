"""Documents that the tests push: quiet hours and a burst of bad news, written for these tests."""

import datetime
import random

WATCHLIST = "id,name,aliases,ticker,mic,isin,lei,tags\nhalden,Halden Bank,Halden,HLDN,,,,own\nostra,Ostra Steel,Ostra,OSTV,,,,\n"

QUIET = ["Halden Bank opens a branch in the harbour district", "Ostra Steel names new head of logistics",
         "Halden Bank to publish results on Thursday", "Ostra Steel keeps its forecast unchanged",
         "Markets little changed ahead of holiday", "Halden Bank renews sponsorship of city marathon"]

BAD = ["Halden Bank shares plunge after profit warning", "Halden Bank faces fraud investigation, prosecutors say",
       "Halden Bank chief executive quits amid accounting scandal", "Rating agency cuts Halden Bank to junk",
       "Halden Bank loses biggest clients as losses mount", "Investors sue Halden Bank over hidden losses",
       "Halden Bank halts withdrawals as deposits collapse", "Halden Bank slashes dividend after record loss",
       "Regulator fines Halden Bank for money laundering failures", "Halden Bank bonds crash on default fears",
       "Halden Bank to cut thousands of jobs as crisis deepens", "Analysts downgrade Halden Bank, warn of collapse"]


def stamp(time):
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def quiet_hours(end, hours=36):
    """Two neutral headlines an hour until `end`."""
    documents = []
    for i in range(hours * 2):
        at = end - datetime.timedelta(minutes=30 * (hours * 2 - i))
        documents.append({"source": "wire", "id": f"quiet-{i}", "title": f"{QUIET[i % len(QUIET)]} ({i})",
                          "published_at": stamp(at)})
    return documents


def burst(start):
    """Twelve bad stories within six minutes."""
    return [{"source": "wire", "id": f"bad-{i}", "title": title, "published_at": stamp(start + datetime.timedelta(seconds=30 * i))}
            for i, title in enumerate(BAD)]


SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi", "yo", "zu")
DISASTERS = ("fraud at", "collapse of", "record loss at", "bankruptcy of", "scandal at", "default of", "lawsuit over")


def grave(count, tag, at):
    """Bad news of as many places that nobody has heard of: no story resembles another."""
    chance = random.Random(tag)
    documents = []
    for i in range(count):
        words = ["".join(chance.choices(SYLLABLES, k=3)).title() for _ in range(6)]
        title = f"{words[0]} {words[1]} {words[2]}: {DISASTERS[i % 7]} Halden Bank in {words[3]} {words[4]} {words[5]}"
        documents.append({"source": "wire", "id": f"{tag}-{i}", "title": title, "published_at": stamp(at)})
    return documents
