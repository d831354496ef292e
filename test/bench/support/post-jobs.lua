-- Each request submits one job of a random priority; counts answers other than 2xx.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local counter = 0
function request()
  counter = counter + 1
  return wrk.format(nil, "/jobs", nil, string.format('{"name":"job%d","priority":%d}', counter, math.random(-100, 100)))
end
