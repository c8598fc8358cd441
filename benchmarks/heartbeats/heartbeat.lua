-- Every request is another row: another profile each time, and another title of each profile on the next round.
-- Arguments: the file of players, where to begin in it, and the path.
local players, first, path = {}, 0, "/"
local headers = { ["Content-Type"] = "application/json" }
local sent = 0

function init(args)
  for line in io.lines(args[1]) do
    local token, profile, titles = line:match("([^\t]+)\t([^\t]+)\t([^\t]+)")
    local list = {}
    for title in titles:gmatch("[^,]+") do list[#list + 1] = title end
    players[#players + 1] = { "Bearer " .. token, profile, list }
  end
  first, path = tonumber(args[2]), args[3]
end

function request()
  local number = first + sent
  sent = sent + 1
  local player = players[number % #players + 1]
  local titles = player[3]
  local title = titles[math.floor(number / #players) % #titles + 1]
  headers["Authorization"] = player[1]
  local body = string.format(
    '{"content_type":"movie","content_id":"%s","position_seconds":%d.%d,"duration_seconds":7200,' ..
    '"client_time":"%s","device_id":"living room","sequence":%d}',
    title, 600 + number % 6000, number % 10, os.date("!%Y-%m-%dT%H:%M:%SZ"), number)
  return wrk.format("PUT", path .. "?profile_id=" .. player[2], headers, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
