"""One Apache Kafka broker of our own: combined broker and controller, on loopback, ended by its own pid."""

import os
import shutil
import signal
import subprocess
import sys
import time

from ports import free_port  # of ../support, which every test has in its path

HERE = os.path.dirname(os.path.abspath(__file__))
START_DEADLINE = float(os.environ.get("TAPEWATCH_BROKER_DEADLINE", "240"))  # a JVM on a busy machine takes its time

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{more_listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{more_listeners}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL
log.dirs={folder}/data
num.partitions=4
auto.create.topics.enable=true
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=2
num.io.threads=2
log.cleaner.enable=false
log.retention.check.interval.ms=1000
"""
# Kafka 4
SHARE_SETTINGS = """\
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
SCRAM_SETTINGS = """\
sasl.enabled.mechanisms=SCRAM-SHA-256
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={folder}/server.pem
"""

LOGGING = """\
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %c %m%n
"""
LOGGING_2 = """\
rootLogger.level=warn
rootLogger.appenderRef.o.ref=O
appender.o.type=Console
appender.o.name=O
appender.o.layout.type=PatternLayout
appender.o.layout.pattern=%d %p %c %m%n
"""


def jars(version=None):
    """The folder of the broker's jars; ends the program with 77 and the reason if there are none."""
    command = [os.path.join(HERE, "fetch_broker.sh"), *([version] if version else [])]
    fetch = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    words = fetch.stdout.strip().splitlines()[-1:] or ["no word"]
    if fetch.returncode == 77:
        print(words[0], flush=True)
        sys.exit(77)
    if fetch.returncode != 0:
        raise RuntimeError(f"fetch_broker.sh failed: {words[0]}")
    return words[0]


class Broker:
    """`version`: another than pom.xml's. `login`: (name, password) for a second listener, `self.secure_address`, with TLS
    and SCRAM; `self.authority` is the certificate to trust."""

    def __init__(self, folder, version=None, login=None):
        self.folder, self.lib, self.process, self.login = folder, jars(version), None, login
        self.port, controller, secure = free_port(), free_port(), free_port()
        self.address, self.secure_address = f"127.0.0.1:{self.port}", f"127.0.0.1:{secure}"
        settings = SETTINGS.format(port=self.port, controller=controller, folder=folder,
                                   more_listeners=f",SASL_SSL://{self.secure_address}" if login else "")
        settings += SHARE_SETTINGS if version and version.startswith("4") else ""
        settings += SCRAM_SETTINGS.format(folder=folder) if login else ""
        self._write("server.properties", settings)
        self._write("log4j.properties", LOGGING)
        self._write("log4j2.properties", LOGGING_2)
        self.authority = self._certify() if login else None
        self.cluster = self._tool("kafka.tools.StorageTool", "random-uuid").strip().splitlines()[-1]
        self._format()

    def _certify(self):
        certificate, key = os.path.join(self.folder, "cert.pem"), os.path.join(self.folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=broker",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        with open(key, encoding="utf-8") as first, open(certificate, encoding="utf-8") as second:
            self._write("server.pem", first.read() + second.read())
        return certificate

    def _format(self):
        scram = []
        if self.login:
            scram = ["--add-scram", "SCRAM-SHA-256=[name={},password={}]".format(*self.login)]
        self._tool("kafka.tools.StorageTool", "format", "-t", self.cluster, "-c", f"{self.folder}/server.properties", *scram)

    def wipe(self):
        """The same cluster without records, like a restored or recreated broker."""
        self.kill()
        shutil.rmtree(os.path.join(self.folder, "data"))
        self._format()

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    def _java(self, heap):
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true",
                f"-Dlog4j.configuration=file:{self.folder}/log4j.properties",
                f"-Dlog4j2.configurationFile=file:{self.folder}/log4j2.properties", "-cp", f"{self.lib}/*"]

    def _tool(self, *arguments):
        return subprocess.run([*self._java("256m"), *arguments], check=True, stdout=subprocess.PIPE, text=True,
                              timeout=START_DEADLINE).stdout

    def start(self):
        """Starts it on the existing data and waits until it answers."""
        with open(os.path.join(self.folder, "broker.log"), "a") as log:
            # Started directly, so that the pid is the broker's own and a kill hits it.
            self.process = subprocess.Popen([*self._java("512m"), "kafka.Kafka", f"{self.folder}/server.properties"],
                                            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        end = time.monotonic() + START_DEADLINE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the broker did not start: {self.log()[-2000:]}")
        return self

    def answers(self):
        return subprocess.run(["kcat", "-b", self.address, "-m", "2", "-L"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=30).returncode == 0

    def log(self):
        with open(os.path.join(self.folder, "broker.log"), errors="replace") as log:
            return log.read()

    def freeze(self):
        """It keeps its connections and answers nothing, until thaw()."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def produce(self, topic, lines, key_delimiter=None, partition=None):
        """One record per line, by kcat, in small batches; with a delimiter the text before it is the key."""
        command = ["kcat", "-b", self.address, "-P", "-t", topic, "-X", "acks=all", "-X", "batch.size=2048"]
        command += ["-K", key_delimiter] if key_delimiter else []
        command += ["-p", str(partition)] if partition is not None else []
        subprocess.run(command, input="\n".join(lines) + "\n", text=True, check=True, timeout=120)

    def configure(self, topic, setting):
        """Sets one of the topic's own settings: "max.message.bytes=1000"."""
        self._tool("kafka.admin.ConfigCommand", "--bootstrap-server", self.address, "--alter", "--entity-type", "topics",
                   "--entity-name", topic, "--add-config", setting)

    def consume(self, topic):
        """(value, headers) of every record in the topic."""
        answer = subprocess.run(["kcat", "-b", self.address, "-C", "-t", topic, "-o", "beginning", "-e", "-q",
                                 "-f", "%s\\t%h\\n"], stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        return [tuple(line.split("\t")) for line in answer.stdout.splitlines()]
