// Enrolling over HTTP with the database's own function (enroll.sql): sessions in memory, the body checked against a schema,
// a pool of connections, prepared statements. As many processes as are asked for share the port.
//
//     PGHOST=... PORT=8080 PROCESSES=2 SESSIONS=sessions.txt node server.mjs
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import cookie from "@fastify/cookie";
import fastify from "fastify";
import pg from "pg";

const processes = Number(process.env.PROCESSES);

async function serve() {
    const sessions = new Map(readFileSync(process.env.SESSIONS, "utf8").trim().split("\n").map((line) => line.split(" ")));
    const pool = new pg.Pool({ max: Math.ceil(Number(process.env.POOL) / processes) });
    const app = fastify();
    await app.register(cookie);
    const uuid = { type: "string", format: "uuid" };
    const schema = {
        body: { type: "object", required: ["campaign_id", "class_id"], properties: { campaign_id: uuid, class_id: uuid } },
        headers: { type: "object", required: ["idempotency-key"], properties: { "idempotency-key": uuid } },
        response: { 200: { type: "object", properties: { state: { type: "string" }, rank: { type: "integer" } } } },
    };
    app.post("/api/v1/training/enroll", { schema }, async (request, reply) => {
        reply.header("idempotency-key", request.headers["idempotency-key"]);
        const person = sessions.get(request.cookies["__Host-gonghui"]);
        if (person === undefined) return reply.code(401).send({ code: "no_session" });
        const { rows } = await pool.query({
            name: "enroll",
            text: "SELECT enroll_conditional($1, $2, $3) AS answer",
            values: [request.headers["idempotency-key"], person, request.body.class_id],
        });
        const [state, rank] = rows[0].answer.split(" ");
        if (state !== "taken" && state !== "waiting") return reply.code(409).send({ code: state });
        return rank === undefined ? { state } : { state, rank: Number(rank) };
    });
    await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
}

if (processes > 1 && cluster.isPrimary) {
    for (let i = 0; i < processes; ++i) cluster.fork();
} else {
    await serve();
}
