-- For wrk: everybody in the file of sessions tries once, then everybody again, for another class.
--
--     SESSIONS=sessions.txt CAMPAIGN=... FIRST_CLASS=1 CLASSES=1000 wrk -s enroll.lua http://127.0.0.1:8080
local sessions = {}
for line in io.lines(os.getenv("SESSIONS")) do sessions[#sessions + 1] = line:match("^%S+") end
local campaign, first, classes = os.getenv("CAMPAIGN"), tonumber(os.getenv("FIRST_CLASS")), tonumber(os.getenv("CLASSES"))
local attempt = 0
local address

function init() address = wrk.scheme .. "://" .. wrk.host .. ":" .. wrk.port end

-- Ids of classes as people.hpp and campaign.py make them.
local function class_id(number)
    local base = string.format("%012x", 0x019000000000 + number)
    return base:sub(1, 8) .. "-" .. base:sub(9) .. "-7001-8000-" .. string.format("%012x", number)
end

local function uuid7()
    local milliseconds = string.format("%012x", os.time() * 1000)
    return milliseconds:sub(1, 8) .. "-" .. milliseconds:sub(9) ..
        string.format("-7%03x-8%03x-%06x%06x", math.random(0, 4095), math.random(0, 4095), attempt, math.random(0, 16777215))
end

function request()
    attempt = attempt + 1
    local person = attempt % #sessions + 1
    local wanted = class_id(first + (attempt + math.floor(attempt / #sessions)) % classes)
    return "POST /api/v1/training/enroll HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nOrigin: http://" ..
        wrk.headers["Host"] .. "\r\nX-Gonghui: 1\r\nCookie: __Host-gonghui=" .. sessions[person] ..
        "\r\nContent-Type: application/json\r\nIdempotency-Key: " .. uuid7() .. "\r\nContent-Length: 104\r\n\r\n" ..
        '{"campaign_id":"' .. campaign .. '","class_id":"' .. wanted .. '"}'
end

function done(summary, latency)
    local good = summary.requests - summary.errors.status
    io.write(string.format(
        '{"per_second":%.1f,"in_all":%d,"refused":%d,"failed":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n', good / (summary.duration / 1e6),
        good, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
