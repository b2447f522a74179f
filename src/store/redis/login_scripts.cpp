#include "store/redis/login_scripts.hpp"

namespace coauth::store::redis {

namespace {

// What is due is removed a hundred at a time: whatever asks, it costs little.
constexpr const char* login_prelude = R"(
local prefix, now, max_pending, time_to_live = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local due_key, browsers_key, spent_key = prefix .. 'due', prefix .. 'browsers', prefix .. 'spent'

local function record_key(id)
  return prefix .. (id:gsub('.', function(octet) return string.format('%02x', octet:byte()) end))
end

local function time_of(text)
  return tonumber(text) or 0
end

local function digits(time)
  return string.format('%016.0f', time)
end

local function remove(id, browser, due)
  redis.call('ZREM', due_key, id .. browser)
  redis.call('ZREM', browsers_key, browser .. due .. id)
end

local function forget(limit)
  for _ = 1, limit do
    local first = redis.call('LINDEX', spent_key, 0)
    if not first then return end
    local id, remembered_until = first:sub(1, 16), first:sub(17)
    if redis.call('LLEN', spent_key) <= max_pending and time_of(remembered_until) > time_of(now) then return end
    redis.call('LPOP', spent_key)
    local record = redis.call('GET', record_key(id))
    if record and record:sub(1, 1) ~= 'p' and record:sub(2, 17) == remembered_until then
      redis.call('DEL', record_key(id))
    end
  end
end

local function settle(limit)
  local gone = redis.call('ZRANGEBYSCORE', due_key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
  for at = 1, #gone, 2 do
    local id, browser, due = gone[at]:sub(1, 16), gone[at]:sub(17), digits(gone[at + 1])
    remove(id, browser, due)
    redis.call('INCR', prefix .. 'expired')
    local record = redis.call('GET', record_key(id))
    if record and record:sub(1, 17) == 'p' .. due then
      local remembered_until = digits(time_of(due) + time_to_live)
      redis.call('SET', record_key(id), 'e' .. remembered_until, 'KEEPTTL')
      redis.call('RPUSH', spent_key, id .. remembered_until)
    end
  end
  forget(2 * limit)
  return #gone / 2
end
)";

std::string with_login_prelude(const char* text)
{
    return std::string(login_prelude) + text;
}

} // namespace

const redis_script& add_login_script()
{
    static const redis_script script(with_login_prelude(R"(
local id, browser, due, behind_now, of_browser, sealed, lifetime = unpack(ARGV, 4)
settle(100)
local record = redis.call('GET', record_key(id))
if record then
  local remembered_until = time_of(record:sub(2, 17))
  local pending = record:sub(1, 1) == 'p'
  if pending then remembered_until = remembered_until + time_to_live end
  if remembered_until > time_of(now) then return 'known' end
  if pending then remove(id, record:sub(18, 49), record:sub(2, 17)) end
end
if redis.call('ZCOUNT', due_key, behind_now, '+inf') >= max_pending then return 'all' end
if redis.call('ZLEXCOUNT', browsers_key, '[' .. browser .. behind_now, '(' .. browser .. ':') >= tonumber(of_browser) then
  return 'browser'
end
redis.call('SET', record_key(id), 'p' .. due .. browser .. sealed, 'PX', lifetime)
redis.call('ZADD', due_key, due, id .. browser)
redis.call('ZADD', browsers_key, 0, browser .. due .. id)
return 'added'
)"));
    return script;
}

const redis_script& take_login_script()
{
    static const redis_script script(with_login_prelude(R"(
local id, browser, remembered_until, lifetime = unpack(ARGV, 4)
settle(100)
local record = redis.call('GET', record_key(id))
if not record then return {'unknown'} end
local state, time = record:sub(1, 1), time_of(record:sub(2, 17))
if state == 'p' then
  if time + time_to_live <= time_of(now) then return {'unknown'} end
  if time <= time_of(now) then return {'expired'} end
  if record:sub(18, 49) ~= browser then return {'wrong_browser'} end
  remove(id, browser, record:sub(2, 17))
  redis.call('SET', record_key(id), 'r' .. remembered_until, 'PX', lifetime)
  redis.call('RPUSH', spent_key, id .. remembered_until)
  forget(2)
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
return {redis.call('ZCOUNT', due_key, behind_now, '+inf'),
  redis.call('ZLEXCOUNT', browsers_key, '[' .. browser .. behind_now, '(' .. browser .. ':')}
)"));
    return script;
}

const redis_script& expire_logins_script()
{
    static const redis_script script(with_login_prelude(R"(
local removed = settle(tonumber(ARGV[4]))
local expired = tonumber(redis.call('GETDEL', prefix .. 'expired') or 0)
local next = redis.call('ZRANGE', due_key, 0, 0, 'WITHSCORES')
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
