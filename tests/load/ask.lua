-- Asks for the addresses of a file, one after another from a given line on, each once before any comes again.
--
--     wrk … -s ask.lua URL -- FILE FIRST PAUSE
--
-- PAUSE (milliseconds, 0 for none) is how long a reader waits on average between an answer and the next question:
-- with many readers that makes a steady rate. A line is a path, or a path, a tab and the body of a form.

local requests, at, pause = {}, 0, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, body = line:match("^([^\t]*)\t?(.*)$")
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path)
    else
      wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
      wrk.headers["Sec-Fetch-Site"] = "same-origin"
      requests[#requests + 1] = wrk.format("POST", path, nil, body)
    end
  end
  at, pause = tonumber(arguments[2]), tonumber(arguments[3])
  if pause > 0 then
    function delay()
      return math.random(0, 2 * pause)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  io.write(string.format(
    'done {"requests": %d, "seconds": %f, "bytes": %d, "refused": %d, "broken": %d, "p50": %f, "p99": %f, "most": %f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
