"""The shortest way to a real alert: quiet hours and a burst pushed into a daemon with one rule and one webhook."""

import datetime

import news
from tapewatch_process import Folder, Tapewatch, free_port, test_secret, wait_for


def now():
    return datetime.datetime.now(datetime.timezone.utc)


RULE = '''
[[alerts.rule]]
name = "negative-burst"
group_by = ["entity"]
false_alarms = "1 per week"
'''


def config(folder, port, secret, webhook=None, rules=RULE):
    folder.file("watchlist.csv", news.WATCHLIST)
    text = f'''
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[ingest.entities]
watchlist = "watchlist.csv"
''' + rules
    if webhook:
        text += f'[[alerts.webhook]]\nname = "desk"\nurl = "{webhook}"\nsecret = "{secret}"\n'
    return text


def push(daemon, documents):
    """Pushes a hundred at a time; returns the status of each."""
    statuses = []
    for at in range(0, len(documents), 100):
        answer = daemon.post("/v1/documents", {"documents": documents[at:at + 100]})
        statuses += [line["status"] for line in answer["results"]]
    return statuses


def quiet():
    return news.quiet_hours(now() - datetime.timedelta(minutes=10))


def burst():
    return news.burst(now() - datetime.timedelta(minutes=7))


def deliver_one(binary, url, received):
    """Runs a daemon until its alert has reached `url`; returns the secret it signed with."""
    secret = test_secret()
    with Folder("deliver") as folder:
        port = free_port()
        with Tapewatch(binary, folder, config(folder, port, secret, url), port) as daemon:
            daemon.ready()
            push(daemon, quiet())
            push(daemon, burst())
            wait_for("a delivery", received)
            daemon.terminate()
    return secret
