-- Sends each pre-signed message once (again and again with AGAIN=1); threads take them in turn. MESSAGES is the file,
-- see presign.cpp.
local threads = 0
function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   local file = io.open(os.getenv("MESSAGES"), "rb")
   messages = {}
   local index = 0
   while true do
      local length = file:read("*l")
      if not length then break end
      local text = file:read(tonumber(length))
      if index % tonumber(os.getenv("THREADS")) == number then messages[#messages + 1] = text end
      index = index + 1
   end
   file:close()
   at = 0
   path = os.getenv("TARGET_PATH")
   headers = { ["Content-Type"] = "text/xml; charset=utf-8", ["SOAPAction"] = '""' }
end

function request()
   at = at + 1
   if at > #messages and os.getenv("AGAIN") == "1" then at = 1 end
   if at >= #messages and os.getenv("AGAIN") ~= "1" then wrk.thread:stop() end
   return wrk.format("POST", path, headers, messages[math.min(at, #messages)])
end

function done(summary, latency, requests)
   io.write(string.format('RESULT {"requests": %d, "seconds": %f, "p50_us": %d, "p99_us": %d, "status_errors": %d, "socket_errors": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
