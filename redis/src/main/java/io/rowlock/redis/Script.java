package io.rowlock.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The steps as Redis runs them. A key is one hash:
 *
 * <ul>
 *   <li>{@code v} the value, {@code n} and {@code i} its version's number and incarnation, {@code t} when it was read from the database
 *   <li>{@code l} the loader's token, {@code u} until when it has the right to fill
 *   <li>{@code w:OPERATION} a writer that is under way, and until when it is believed to be
 *   <li>{@code f} and {@code g} the floor: number and incarnation of the last write that is over
 * </ul>
 *
 * All of it is in one key, so that it is evicted together: a floor or a writer that went while a value stayed would be a hole. Times are
 * milliseconds of the server's clock. Incarnations are compared as text, since a script's numbers are not exact beyond 2^53.
 */
enum Script {
    /** Token, milliseconds to load. Answers 0 and a value, 1 granted, 2 writing, 3 loading. */
    LOOK("""
            local writers = false
            local v, n, i, t, l, u
            local h = redis.call('HGETALL', KEYS[1])
            for at = 1, #h, 2 do
              local field, value = h[at], h[at + 1]
              if field == 'v' then v = value
              elseif field == 'n' then n = value
              elseif field == 'i' then i = value
              elseif field == 't' then t = tonumber(value)
              elseif field == 'l' then l = value
              elseif field == 'u' then u = tonumber(value)
              elseif string.sub(field, 1, 2) == 'w:' then
                if tonumber(value) > now then writers = true else redis.call('HDEL', KEYS[1], field) end
              end
            end
            if writers then return {2} end
            if v then return {0, v, n, i, now - t} end
            if l and u > now then return {3} end
            redis.call('HSET', KEYS[1], 'l', ARGV[1], 'u', now + tonumber(ARGV[2]))
            if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return {1}
            """),
    /** Token, value, number, incarnation, milliseconds since it was read, milliseconds to keep. Answers 1 if it was put in. */
    FILL("""
            if redis.call('HGET', KEYS[1], 'l') ~= ARGV[1] then return 0 end
            local f = redis.call('HGET', KEYS[1], 'f')
            if f and redis.call('HGET', KEYS[1], 'g') == ARGV[4] and tonumber(ARGV[3]) < tonumber(f) then return 0 end
            for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
              if string.sub(field, 1, 2) == 'w:' and tonumber(redis.call('HGET', KEYS[1], field)) > now then return 0 end
            end
            redis.call('HSET', KEYS[1], 'v', ARGV[2], 'n', ARGV[3], 'i', ARGV[4], 't', now - tonumber(ARGV[5]))
            redis.call('HDEL', KEYS[1], 'l', 'u')
            redis.call('PEXPIRE', KEYS[1], ARGV[6])
            return 1
            """),
    /** Operation, milliseconds it is believed to be under way. */
    INTEND("""
            redis.call('HDEL', KEYS[1], 'v', 'n', 'i', 't', 'l', 'u')
            redis.call('HSET', KEYS[1], 'w:' .. ARGV[1], now + tonumber(ARGV[2]))
            if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return 1
            """),
    /** Operation, number or empty, incarnation, milliseconds to remember the floor, channel, message. */
    RELEASE("""
            redis.call('HDEL', KEYS[1], 'v', 'n', 'i', 't', 'l', 'u', 'w:' .. ARGV[1])
            if ARGV[2] ~= '' then
              local f = redis.call('HGET', KEYS[1], 'f')
              if not f or redis.call('HGET', KEYS[1], 'g') ~= ARGV[3] or tonumber(f) < tonumber(ARGV[2]) then
                redis.call('HSET', KEYS[1], 'f', ARGV[2], 'g', ARGV[3])
              end
            end
            local left = redis.call('PTTL', KEYS[1])
            if left ~= -2 and left < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
            redis.call('PUBLISH', ARGV[5], ARGV[6])
            return 1
            """),
    /** Operation. */
    WITHDRAW("""
            redis.call('HDEL', KEYS[1], 'w:' .. ARGV[1])
            return 1
            """),
    /** Nothing. Answers number and incarnation of a value that a look would find, or nothing. */
    PEEK("""
            local n
            for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
              if string.sub(field, 1, 2) == 'w:' and tonumber(redis.call('HGET', KEYS[1], field)) > now then return {} end
            end
            n = redis.call('HGET', KEYS[1], 'n')
            if not n then return {} end
            return {n, redis.call('HGET', KEYS[1], 'i')}
            """);

    private static final String CLOCK = """
            local clock = redis.call('TIME')
            local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
            """;

    private final String text;
    private final String digest;

    Script(String body) {
        this.text = CLOCK + body;
        try {
            this.digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    String text() {
        return text;
    }

    /** By which the server knows it. */
    String digest() {
        return digest;
    }
}
