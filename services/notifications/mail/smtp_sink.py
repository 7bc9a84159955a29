"""A mail server for tests: keeps what it takes, and refuses whom it is told to.

smtp_sink.py FOLDER: listens on a free port of the loopback interface, prints its number once it listens, and writes each
message that it takes to FOLDER/<n>.eml. Recipients whose address begins with "later" are refused for now (451)
twice and then taken; those that begin with "never" are refused for good (550). Ends when its standard input is closed.
"""

import asyncio
import collections
import pathlib
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, folder):
        self.folder = folder
        self.taken = 0
        self.refused = collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") and self.refused[address] < 2:
            self.refused[address] += 1
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken += 1
        partial = self.folder / f"{self.taken}.part"
        partial.write_bytes(envelope.content)
        partial.rename(self.folder / f"{self.taken}.eml")
        return "250 OK"


async def main():
    folder = pathlib.Path(sys.argv[1])
    sink = Sink(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.example"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
