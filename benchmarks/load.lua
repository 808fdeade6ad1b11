-- wrk -s load.lua URL -- REQUESTS.lua: sends the requests of that file in turn, and prints what happened as JSON.
local requests, sent = {}, 0

function init(arguments)
  for _, each in ipairs(dofile(arguments[1])) do
    requests[#requests + 1] = wrk.format(each.method, each.path, each.headers, each.body)
  end
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p99":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
