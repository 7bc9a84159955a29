"""The network between the service and the hub, of which this program can take away: a TCP relay per endpoint."""

import asyncio
import threading

PIECE = 64 * 1024


class Network:
    """`delay` (s) holds up each piece in either direction. `up` (service to hub) and `down` can be stopped."""

    def __init__(self):
        self.delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._gates = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._streams, self._tasks = set(), set()
        self._servers = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._do(self._open(("up", "down")))

    def _do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    def relay(self, endpoint):
        """The endpoint for the service that leads to this one."""
        port = int(endpoint.rpartition(":")[2])

        async def listen():
            server = await asyncio.start_server(lambda *client: self._join(port, *client), "127.0.0.1", 0)
            self._servers.append(server)
            return server.sockets[0].getsockname()[1]

        return f"tcp://127.0.0.1:{self._do(listen())}"

    async def _join(self, port, reader, writer):
        try:
            there = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        streams = {writer, there[1]}
        self._streams |= streams
        tasks = {asyncio.ensure_future(self._pass_on(reader, there[1], self._gates["up"])),
                 asyncio.ensure_future(self._pass_on(there[0], writer, self._gates["down"]))}
        self._tasks |= tasks
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for stream in streams:
            stream.close()
        self._streams -= streams
        self._tasks -= tasks

    async def _pass_on(self, reader, writer, gate):
        try:
            while piece := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await gate.wait()
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass

    def stop(self, direction):
        async def close():
            self._gates[direction].clear()
        self._do(close())

    def go(self):
        self.delay = 0.0
        self._do(self._open(("up", "down")))

    async def _open(self, directions):
        for direction in directions:
            self._gates[direction].set()

    def sever(self):
        """Every connection ends, and what had not passed is lost."""
        async def end():
            for task in list(self._tasks):
                task.cancel()
            for stream in list(self._streams):
                stream.transport.abort()
        self._do(end())

    def close(self):
        async def end():
            for server in self._servers:
                server.close()
        self.sever()
        self._do(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
