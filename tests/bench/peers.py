"""What a union's IT could take in place of this bus, each started here on free loopback ports, with all its files in
one folder, and set up as its own manual advises for speed without giving up the durability that the table states."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from processes import NotRunning, Process, free_port, free_ports

POSTGRES_PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")


class Peer:
    """`with Nats(folder) as nats:` - an empty one, ended and removed afterwards."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / type(self).__name__.lower()
        self.running = []

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        os.sync()  # what the side before has left is not this one's to write
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.stop(self.ended_by)
        self.running = []
        shutil.rmtree(self.folder, ignore_errors=True)

    ended_by = signal.SIGTERM

    def run(self, *arguments, **options):
        process = Process(*arguments, **options)
        self.running.append(process)
        return process


class Nats(Peer):
    def start(self):
        port = free_port()
        config = self.folder / "nats.conf"
        config.write_text(f'listen: "127.0.0.1:{port}"\n'
                          f'jetstream: {{ store_dir: "{self.folder}", max_file_store: 20GB }}\n')
        self.run(["nats-server", "--config", config], self.folder / "log").wait_for_port(port)
        self.arguments = ["--url", f"nats://127.0.0.1:{port}"]


class Redis(Peer):
    def start(self):
        port = free_port()
        self.run(["redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", self.folder, "--save", "",
                  "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"],
                 self.folder / "log").wait_for_port(port)
        self.arguments = ["--port", str(port)]


class RabbitMq(Peer):
    """Its distribution (Erlang's) listens on loopback alone, and so does its port mapper, which is our own."""

    def start(self):
        port, mapper, distribution = free_ports(3)
        plugins = self.folder / "enabled_plugins"
        plugins.write_text("[].\n")
        env = {"HOME": str(self.folder), "RABBITMQ_NODENAME": f"bench{os.getpid()}@localhost",
               "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1", "RABBITMQ_NODE_PORT": str(port),
               "RABBITMQ_DIST_PORT": str(distribution), "ERL_EPMD_PORT": str(mapper), "ERL_EPMD_ADDRESS": "127.0.0.1",
               "RABBITMQ_MNESIA_BASE": str(self.folder / "data"), "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
               "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"), "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
               "RABBITMQ_PID_FILE": str(self.folder / "pid"), "RABBITMQ_CONF_ENV_FILE": str(self.folder / "env.conf"),
               "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}"}
        self.run(["epmd", "-address", "127.0.0.1", "-port", mapper], self.folder / "epmd.log")
        self.run(["/usr/lib/rabbitmq/bin/rabbitmq-server"], self.folder / "log", env=env, cwd=self.folder)
        self.running[-1].wait_for_port(port)
        self.arguments = ["--port", str(port)]


class Postgres(Peer):
    """Refuses to run as root; then it runs as the user that its package made."""

    ended_by = signal.SIGINT  # "fast": does not wait for clients

    def start(self):
        self.user = "postgres" if os.geteuid() == 0 else None
        port, data = free_port(), self.folder / "data"
        if self.user:
            shutil.chown(self.folder, self.user)
        made = self.run([POSTGRES_PROGRAMS / "initdb", "--auth", "trust", "--username", "bench", "--encoding", "UTF8",
                         "--locale", "C", "--pgdata", data], self.folder / "initdb.log", user=self.user, cwd="/")
        if made.process.wait(60) != 0:
            raise NotRunning(f"initdb failed:\n{made.log.read_text()}")
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": self.folder,
                    "max_connections": 200, "shared_buffers": "512MB", "max_wal_size": "8GB", "wal_buffers": "64MB",
                    "checkpoint_timeout": "30min", "synchronous_commit": "on", "fsync": "on", "autovacuum": "on",
                    "max_prepared_transactions": 0, "jit": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.run([POSTGRES_PROGRAMS / "postgres", "-D", data, *options], self.folder / "log", user=self.user, cwd="/")
        self.running[-1].wait_for_port(port)
        self.port = port
        self.wait_until_it_answers()
        self.arguments = ["--postgres", self.of("postgres")]

    def of(self, database):
        return f"host=127.0.0.1 port={self.port} user=bench dbname={database}"

    def wait_until_it_answers(self, patience=30.0):
        until = time.monotonic() + patience
        while self.psql("postgres", "SELECT 1", check=False).returncode != 0:
            if time.monotonic() > until:
                raise NotRunning("PostgreSQL does not answer")
            time.sleep(0.05)

    def psql(self, database, sql, check=True):
        done = subprocess.run(["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set",
                               "ON_ERROR_STOP=1", "--dbname", self.of(database)], input=sql, text=True,
                              capture_output=True)
        if check and done.returncode != 0:
            raise NotRunning(f"psql: {done.stderr}")
        return done


def leaves_room_for_sockets(folder):
    """The path of a Unix socket has 107 bytes at most."""
    return len(str(folder)) + len("/postgres/.s.PGSQL.65535.lock") <= 107
