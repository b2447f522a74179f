#include "store/redis/login_scripts.hpp"

namespace coauth::store::redis {

namespace {

constexpr const char* login_prelude = R"(
local prefix, now, max_pending, time_to_live = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local due_key, browsers_key, spent_key = prefix .. 'due', prefix .. 'browsers', prefix .. 'spent'
local call = redis.call

local function time_of(text)
  return tonumber(text) or 0
end

local function remove(id, browser, due)
  call('ZREM', due_key, id .. browser)
  call('ZREM', browsers_key, browser .. due .. id)
end

local function forget_first()
  local first = call('LPOP', spent_key)
  local key = prefix .. (first:sub(1, 16):gsub('.', function(octet) return string.format('%02x', octet:byte()) end))
  local record = call('GET', key)
  if record and record:sub(1, 1) ~= 'p' and record:sub(2, 17) == first:sub(17) then call('DEL', key) end
end

local function remember(id, remembered_until)
  if call('RPUSH', spent_key, id .. remembered_until) > max_pending then forget_first() end
end
)";

// Cleans up: what counts does so without it.
constexpr const char* login_settling = R"(
local function digits(time)
  return string.format('%016.0f', time)
end

local function settle(limit)
  local gone = call('ZRANGEBYSCORE', due_key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
  for at = 1, #gone, 2 do
    local id, browser, due = gone[at]:sub(1, 16), gone[at]:sub(17), digits(gone[at + 1])
    remove(id, browser, due)
    call('INCR', prefix .. 'expired')
    local key = prefix .. (id:gsub('.', function(octet) return string.format('%02x', octet:byte()) end))
    local record = call('GET', key)
    if record and record:sub(1, 17) == 'p' .. due then
      local remembered_until = digits(time_of(due) + time_to_live)
      call('SET', key, 'e' .. remembered_until, 'KEEPTTL')
      remember(id, remembered_until)
    end
  end
  return #gone / 2
end
)";

std::string with_login_prelude(const char* text)
{
    return std::string(login_prelude) + text;
}

std::string with_settling(const char* text)
{
    return std::string(login_prelude) + login_settling + text;
}

} // namespace

const redis_script& add_login_script()
{
    static const redis_script script(with_settling(R"(
local id, key, browser, due, behind_now, of_browser, sealed, lifetime = ARGV[4], prefix .. ARGV[5], unpack(ARGV, 6)
settle(10)
local record = call('GET', key)
if record then
  local remembered_until = time_of(record:sub(2, 17))
  local pending = record:sub(1, 1) == 'p'
  if pending then remembered_until = remembered_until + time_to_live end
  if remembered_until > time_of(now) then return 'known' end
  if pending then remove(id, record:sub(18, 49), record:sub(2, 17)) end
end
if call('ZCOUNT', due_key, behind_now, '+inf') >= max_pending then return 'all' end
if call('ZLEXCOUNT', browsers_key, '[' .. browser .. behind_now, '(' .. browser .. ':') >= tonumber(of_browser) then
  return 'browser'
end
call('SET', key, 'p' .. due .. browser .. sealed, 'PX', lifetime)
call('ZADD', due_key, due, id .. browser)
call('ZADD', browsers_key, 0, browser .. due .. id)
return 'added'
)"));
    return script;
}

const redis_script& take_login_script()
{
    static const redis_script script(with_login_prelude(R"(
local id, key, browser, remembered_until, lifetime = ARGV[4], prefix .. ARGV[5], unpack(ARGV, 6)
local record = call('GET', key)
if not record then return {'unknown'} end
local state, time = record:sub(1, 1), time_of(record:sub(2, 17))
if state == 'p' then
  if time + time_to_live <= time_of(now) then return {'unknown'} end
  if time <= time_of(now) then return {'expired'} end
  if record:sub(18, 49) ~= browser then return {'wrong_browser'} end
  remove(id, browser, record:sub(2, 17))
  call('SET', key, 'r' .. remembered_until, 'PX', lifetime)
  remember(id, remembered_until)
  return {'taken', record:sub(2, 17), record:sub(50)}
end
if state ~= 'r' and state ~= 'e' then return {'damaged'} end
if time <= time_of(now) then return {'unknown'} end
return {state == 'r' and 'replayed' or 'expired'}
)"));
    return script;
}

const redis_script& count_logins_script()
{
    static const redis_script script(with_login_prelude(R"(
local browser, behind_now = unpack(ARGV, 4)
return {call('ZCOUNT', due_key, behind_now, '+inf'),
  call('ZLEXCOUNT', browsers_key, '[' .. browser .. behind_now, '(' .. browser .. ':')}
)"));
    return script;
}

const redis_script& expire_logins_script()
{
    static const redis_script script(with_settling(R"(
local limit = tonumber(ARGV[4])
local removed = settle(limit)
for _ = 1, limit do
  local first = call('LINDEX', spent_key, 0)
  if not first or time_of(first:sub(17)) > time_of(now) then break end
  forget_first()
end
local expired = tonumber(call('GETDEL', prefix .. 'expired') or 0)
local next = call('ZRANGE', due_key, 0, 0, 'WITHSCORES')
return {expired, removed, next[2] and digits(next[2]) or ''}
)"));
    return script;
}

const redis_script& end_login_script()
{
    static const redis_script script(R"(
local stream = KEYS[1] .. 'ended'
local _, id, sender, sealed, limit, lifetime = unpack(ARGV)
redis.call('XADD', stream, 'MAXLEN', '~', limit, '*', 'login', id, 'sender', sender, 'sealed', sealed)
redis.call('PEXPIRE', stream, lifetime)
return 'ended'
)");
    return script;
}

} // namespace coauth::store::redis
