"""What Redis itself does in one step: lock with load, save with unlock. Each is one round trip.

KEYS are always lock, copy and the list of message ids; they share a hash tag, so that a cluster keeps them together.
"""

OPEN = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {0} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local seen = 0
if ARGV[3] ~= '' then
  for _, known in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
    if known == ARGV[3] then seen = 1 end
  end
end
return {1, seen, redis.call('GET', KEYS[2])}
"""
"""ARGV: token, life of the lock in ms, message id or ''. Returns {0}, or {1, seen, copy or nil}.

The same token is let in again: the first answer may have been lost on the way.
"""

SAVE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
if ARGV[4] ~= '' then
  redis.call('LPUSH', KEYS[3], ARGV[4])
  redis.call('LTRIM', KEYS[3], 0, ARGV[5] - 1)
  redis.call('PEXPIRE', KEYS[3], ARGV[3])
end
redis.call('DEL', KEYS[1])
return 1
"""
"""ARGV: token, copy, life of the copy in ms, message id or '', how many ids are kept. Returns 1, or 0 when the lock was lost.

Behind a lost lock the copy may be older than the truth, and is dropped rather than written.
"""

RELEASE = """
if ARGV[2] == '1' then redis.call('DEL', KEYS[2]) end
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
"""ARGV: token, '1' to drop the copy. Deletes the lock only if it is still ours."""
