package io.rowlock.once;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a call asks for, in 32 bytes: SHA-256 over its parts, each behind its length. Two calls with the same key and the same
 * fingerprint are the same call; with different ones, a key has been used twice.
 *
 * <pre>{@code
 * Fingerprint.of("POST", path, body)           // texts, numbers, ids: as their toString() in UTF-8
 * Fingerprint.of(bodyBytes)                    // bytes as they are
 * }</pre>
 *
 * <p>It covers what the caller decides: the operation, its target, its values. Leave out what differs between two sendings of
 * one request: times of sending, trace ids, headers.
 *
 * <p><b>Holds when</b> equal requests have equal parts in text. <b>Breaks when</b> a part's {@code toString()} tells an
 * object's identity instead of its value, which is refused for arrays and cannot be seen of other types: hand over records,
 * numbers, texts, ids.
 *
 * <p>Immutable, safe for use by many threads.
 */
public final class Fingerprint {
    private final byte[] hash;

    private Fingerprint(byte[] hash) {
        this.hash = hash;
    }

    /** Of bytes, part by part. */
    public static Fingerprint of(byte[]... parts) {
        MessageDigest digest = sha256();
        for (byte[] part : parts) {
            add(digest, part);
        }
        return new Fingerprint(digest.digest());
    }

    /**
     * Of values, part by part: byte arrays as they are, null as null, everything else as its {@code toString()}.
     *
     * @throws IllegalArgumentException for an array of anything but bytes, whose text tells nothing
     */
    public static Fingerprint of(@Nullable Object... parts) {
        MessageDigest digest = sha256();
        for (Object part : parts) {
            if (part == null) {
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(-1).array());
            } else {
                add(digest, bytes(part));
            }
        }
        return new Fingerprint(digest.digest());
    }

    private static byte[] bytes(Object part) {
        if (part instanceof byte[] bytes) {
            return bytes;
        }
        if (part.getClass().isArray()) {
            throw new IllegalArgumentException("The text of an array says nothing of its content (type="
                    + part.getClass().getSimpleName() + "): hand over a List, or the elements as parts");
        }
        return part.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void add(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new AssertionError(everyPlatformHasIt);
        }
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return hash.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint fingerprint && Arrays.equals(hash, fingerprint.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(hash);
    }
}
