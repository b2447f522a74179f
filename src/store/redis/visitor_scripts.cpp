#include "store/redis/visitor_scripts.hpp"

namespace coauth::store::redis {

namespace {

constexpr const char* visitor_prelude = R"(
local prefix = KEYS[1]
local all_key = prefix .. 'all'

local function row_key(browser)
  return prefix .. 'row:' .. (browser:gsub('.', function(octet) return string.format('%02x', octet:byte()) end))
end

local function user_key(user)
  return prefix .. 'user:' .. user
end

local function drop(browser, begun, user)
  redis.call('DEL', row_key(browser))
  redis.call('ZREM', all_key, browser .. user)
  redis.call('ZREM', user_key(user), browser .. begun)
  return redis.call('EXISTS', user_key(user)) == 0 and user or false
end

local function erase(browser)
  local row = redis.call('GET', row_key(browser))
  if not row then return false end
  local size = tonumber(row:sub(17, 20)) or 0
  return drop(browser, row:sub(1, 16), row:sub(21, 20 + size))
end
)";

std::string with_visitor_prelude(const char* text)
{
    return std::string(visitor_prelude) + text;
}

} // namespace

const redis_script& add_visitor_script()
{
    static const redis_script script(with_visitor_prelude(R"(
local browser, previous, begun, user, row, lifetime, most = unpack(ARGV)
erase(browser)
redis.call('SET', row_key(browser), row, 'PX', lifetime)
redis.call('ZADD', all_key, begun, browser .. user)
redis.call('ZADD', user_key(user), redis.call('INCR', prefix .. 'number'), browser .. begun)
local left = erase(previous)
while redis.call('ZCARD', user_key(user)) > tonumber(most) do
  local earliest = redis.call('ZRANGE', user_key(user), 0, 0)[1]
  drop(earliest:sub(1, 32), earliest:sub(33), user)
end
return left
)"));
    return script;
}

const redis_script& remove_visitor_script()
{
    static const redis_script script(with_visitor_prelude("return erase(ARGV[1])\n"));
    return script;
}

const redis_script& remove_visitors_script()
{
    static const redis_script script(with_visitor_prelude(R"(
local user, latest = ARGV[1], tonumber(ARGV[2])
local left = false
for _, row in ipairs(redis.call('ZRANGE', user_key(user), 0, -1)) do
  if (tonumber(row:sub(33)) or 0) <= latest then left = drop(row:sub(1, 32), row:sub(33), user) end
end
return left and 1 or 0
)"));
    return script;
}

const redis_script& expire_visitors_script()
{
    static const redis_script script(with_visitor_prelude(R"(
local latest, users, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local left = {0}
local rows = redis.call('ZRANGEBYSCORE', all_key, '-inf', latest, 'WITHSCORES', 'LIMIT', 0, limit)
for at = 1, #rows, 2 do
  if #left > users then break end
  local user = rows[at]:sub(33)
  local gone = drop(rows[at]:sub(1, 32), string.format('%016.0f', rows[at + 1]), user)
  left[1] = left[1] + 1
  if gone then left[#left + 1] = gone end
end
return left
)"));
    return script;
}

} // namespace coauth::store::redis
