-- For wrk: everybody in the file of sessions tries once, then everybody again, for another class. People are dealt out to
-- THREADS; LAP is how often everybody has tried before.
--
--     SESSIONS=sessions.txt CAMPAIGN=... FIRST_CLASS=1 CLASSES=1000 THREADS=1 LAP=0 \
--         wrk --threads 1 --script enroll.lua http://127.0.0.1:8080
--
-- With RATE and SECONDS, attempts are due at moments that no answer moves, RATE a second in all, and what one took is counted
-- from when it was due, however late it was sent: what waits behind a slow answer has waited. That takes a connection to each
-- thread, as wrk does not say which attempt is answered; it goes on until after the last attempt, so its --duration is longer.
local LEAD = 1  -- seconds, until all threads are there

local campaign, first, classes = os.getenv("CAMPAIGN"), tonumber(os.getenv("FIRST_CLASS")), tonumber(os.getenv("CLASSES"))
local threads, lap, rate = tonumber(os.getenv("THREADS")), tonumber(os.getenv("LAP")), tonumber(os.getenv("RATE"))
local planned = rate and math.floor(rate * tonumber(os.getenv("SECONDS")))
local people, turn = {}, -1  -- of this thread: {number, cookie}, and which of its attempts it is at
local due

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds, nanoseconds; } moment; int clock_gettime(int clock, moment* now);")
local moment = ffi.new("moment")
local function now()  -- in seconds, by CLOCK_MONOTONIC
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

-- Of this program, before a thread begins: what it knows, as globals of its own.
local all, start = {}, now() + LEAD
function setup(thread)
    thread:set("number", #all)
    thread:set("begins", start)
    all[#all + 1] = thread
end

-- Of each thread. Lines are of one length, so that a thread reads its own alone.
took = {}  -- milliseconds of each answer, for `done`
local host
function init()
    local file = assert(io.open(os.getenv("SESSIONS")))
    local width = #file:read("*l") + 1
    for person = number, file:seek("end") / width - 1, threads do
        file:seek("set", person * width)
        people[#people + 1] = {person, file:read("*l"):match("^%S+")}
    end
    math.randomseed(os.time() * threads + number)
    host = wrk.headers["Host"]
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

function request()
    if not rate then turn = turn + 1 end
    local person, cookie = unpack(people[turn % #people + 1])
    local wanted = class_id(first + (person + lap + math.floor(turn / #people)) % classes)
    if due then due = math.min(due, now()) end  -- wrk's clock goes by milliseconds: nobody is early for nothing
    return "POST /api/v1/training/enroll HTTP/1.1\r\nHost: " .. host .. "\r\nOrigin: http://" .. host ..
        "\r\nX-Gonghui: 1\r\nCookie: __Host-gonghui=" .. cookie ..
        "\r\nContent-Type: application/json\r\nIdempotency-Key: " .. uuid7(person) .. "\r\nContent-Length: 104\r\n\r\n" ..
        '{"campaign_id":"' .. campaign .. '","class_id":"' .. wanted .. '"}'
end

if rate then
    -- Before each attempt: how long until it is due, in milliseconds.
    function delay()
        turn = turn + 1
        local place = turn * threads + number
        if place >= planned then return 3600 * 1000 end
        due = begins + place / rate
        return math.max(0, math.ceil((due - now()) * 1000))
    end

    function response(status)
        if status == 200 then took[#took + 1] = (now() - due) * 1000 end
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
    local sorted = {}
    for _, thread in ipairs(all) do
        for _, one in ipairs(thread:get("took")) do sorted[#sorted + 1] = one end
    end
    table.sort(sorted)
    io.write(string.format('{"planned":%d,"in_all":%d,"refused":%d,"failed":%d,"p50_ms":%.2f,"p99_ms":%.2f,"most_ms":%.2f}\n',
        planned, #sorted, refused, failed, percentile(sorted, 0.5), percentile(sorted, 0.99), sorted[#sorted] or 0))
end
