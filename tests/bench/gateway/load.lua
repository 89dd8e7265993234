-- Sends each pre-signed message once (again and again with AGAIN=1); threads take them in turn. MESSAGES is the file,
-- see presign.cpp. RESULT is one line of JSON; `ran_out` says that a thread had sent all it had before the time was over.
local threads = {}
function setup(thread)
   thread:set("number", #threads)
   threads[#threads + 1] = thread
end

function init(args)
   wrk.method, wrk.path = "POST", os.getenv("TARGET_PATH")
   wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
   wrk.headers["SOAPAction"] = '""'
   local file = io.open(os.getenv("MESSAGES"), "rb")
   requests = {}
   local index = 0
   while true do
      local length = file:read("*l")
      if not length then break end
      local text = file:read(tonumber(length))
      if index % tonumber(os.getenv("THREADS")) == number then
         requests[#requests + 1] = wrk.format(nil, nil, nil, text)
      end
      index = index + 1
   end
   file:close()
   again = os.getenv("AGAIN") == "1"
   at = 0
   ran_out = false
end

function request()
   at = at + 1
   if at > #requests then
      if not again then
         ran_out = true
         wrk.thread:stop()
         return requests[#requests]
      end
      at = 1
   end
   return requests[at]
end

function done(summary, latency, requests)
   local ran_out = false
   for _, thread in ipairs(threads) do ran_out = ran_out or thread:get("ran_out") end
   io.write(string.format('RESULT {"requests": %d, "seconds": %f, "p50_us": %d, "p99_us": %d, "status_errors": %d, ' ..
      '"socket_errors": %d, "ran_out": %s}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout, tostring(ran_out)))
end
