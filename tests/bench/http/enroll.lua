-- For wrk, with one thread: everybody in the file of sessions tries once, then everybody again, for another class. LAP is
-- how often everybody has tried before.
--
--     SESSIONS=sessions.txt CAMPAIGN=... FIRST_CLASS=1 CLASSES=1000 LAP=0 \
--         wrk --threads 1 --script enroll.lua http://127.0.0.1:8080
--
-- With RATE and SECONDS, attempts are due at moments that no answer moves, RATE a second, and what one took is counted from
-- when it was due, however late it was sent: what waits for a connection has waited. Which attempt is answered says the
-- Idempotency-Key of the answer. It goes on until after the last attempt, so its --duration is longer.
local LEAD = 1  -- seconds, until the connections are there

local campaign, first, classes = os.getenv("CAMPAIGN"), tonumber(os.getenv("FIRST_CLASS")), tonumber(os.getenv("CLASSES"))
local lap, rate = tonumber(os.getenv("LAP")), tonumber(os.getenv("RATE"))
local planned = rate and math.floor(rate * tonumber(os.getenv("SECONDS")))
local people = {}  -- {number, cookie}
local sent = 0     -- attempts

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } moment; int clock_gettime(int clock, moment* now);")
local moment = ffi.new("moment")
local function now()  -- in seconds, by CLOCK_MONOTONIC
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

local worker  -- the thread, as this program sees it
function setup(thread)
    worker = thread
end

took = {}  -- milliseconds of each answer, for `done`
local host, begins
function init()
    for line in assert(io.open(os.getenv("SESSIONS"))):lines() do
        people[#people + 1] = {#people, line:match("^%S+")}
    end
    math.randomseed(os.time())
    host = wrk.headers["Host"]
    begins = now() + LEAD
end

-- Ids of classes as people.hpp and campaign.py make them.
local function class_id(number)
    local base = string.format("%012x", 0x019000000000 + number)
    return base:sub(1, 8) .. "-" .. base:sub(9) .. "-7001-8000-" .. string.format("%012x", number)
end

local function uuid7(person)
    local milliseconds = string.format("%012x", os.time() * 1000)
    return milliseconds:sub(1, 8) .. "-" .. milliseconds:sub(9) ..
        string.format("-7%03x-8%03x-%06x%06x", math.random(0, 4095), math.random(0, 4095), person, math.random(0, 16777215))
end

local take_due  -- with RATE: notes that the attempt with a key is sent, the one that has been due for longest

function request()
    local person, cookie = unpack(people[sent % #people + 1])
    local wanted = class_id(first + (person + lap + math.floor(sent / #people)) % classes)
    local key = uuid7(person)
    sent = sent + 1
    if take_due then take_due(key) end
    return "POST /api/v1/training/enroll HTTP/1.1\r\nHost: " .. host .. "\r\nOrigin: http://" .. host ..
        "\r\nX-Gonghui: 1\r\nCookie: __Host-gonghui=" .. cookie ..
        "\r\nContent-Type: application/json\r\nIdempotency-Key: " .. key .. "\r\nContent-Length: 104\r\n\r\n" ..
        '{"campaign_id":"' .. campaign .. '","class_id":"' .. wanted .. '"}'
end

if rate then
    local assigned, taken = 0, 0  -- attempts that a connection is to send, and has sent
    local due_of = {}             -- key: when

    -- Before each attempt: how long until it is due, in milliseconds.
    function delay()
        if assigned >= planned then return 3600 * 1000 end
        assigned = assigned + 1
        return math.max(0, math.ceil((begins + assigned / rate - now()) * 1000))
    end

    function take_due(key)
        if taken == assigned then return end  -- wrk asks for one before it begins, to see what it gets
        taken = taken + 1
        due_of[key] = math.min(begins + taken / rate, now())  -- wrk's clock goes by milliseconds: nobody is early for nothing
    end

    function response(status, headers)
        local key = headers["idempotency-key"] or headers["Idempotency-Key"]
        if status == 200 then took[#took + 1] = (now() - due_of[key]) * 1000 end
        due_of[key] = nil
    end
end

local function percentile(sorted, share)
    return sorted[math.max(1, math.ceil(share * #sorted))] or 0
end

function done(summary, latency)
    local errors = summary.errors
    local refused, failed = errors.status, errors.connect + errors.read + errors.write + errors.timeout
    if not rate then
        local good = summary.requests - refused
        io.write(string.format('{"per_second":%.1f,"in_all":%d,"refused":%d,"failed":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n',
            good / (summary.duration / 1e6), good, refused, failed, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
        return
    end
    local sorted = worker:get("took")
    table.sort(sorted)
    io.write(string.format('{"planned":%d,"in_all":%d,"refused":%d,"failed":%d,"p50_ms":%.2f,"p99_ms":%.2f,"most_ms":%.2f}\n',
        planned, #sorted, refused, failed, percentile(sorted, 0.5), percentile(sorted, 0.99), sorted[#sorted] or 0))
end
