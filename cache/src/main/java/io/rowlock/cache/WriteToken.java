package io.rowlock.cache;

import io.rowlock.Version;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody has written, to be carried to wherever he reads next: a read with the token answers nothing older, on whatever process it
 * runs. Send it along as text, in a cookie or a header.
 *
 * <pre>{@code
 * WriteReceipt receipt = rowlock.transact(tx -> {
 *     tx.update(tx.read(PROFILES, userId).orElseThrow(), edit);
 *     return cache.receiptOf(tx);
 * });
 * String header = receipt.token().toString();
 * ...
 * profiles.get(userId, WriteToken.parse(header));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. It is no secret and no proof of anything: whoever makes one up is answered more slowly.
 */
public final class WriteToken {
    /** How many keys a token names. One that would name more names none, and reads with it go past this JVM's tier. */
    public static final int KEYS_MAX = 64;

    private static final int FORMAT = 1;
    private static final int TEXT_MAX = 64 * 1024;
    private static final WriteToken NONE = new WriteToken(Map.of(), false);

    private record Place(String region, String key) {}

    private final Map<Place, Optional<Version>> written;
    private final boolean everything;

    private WriteToken(Map<Place, Optional<Version>> written, boolean everything) {
        this.written = Collections.unmodifiableMap(new LinkedHashMap<>(written));
        this.everything = everything;
    }

    /** Of somebody who has written nothing. */
    public static WriteToken none() {
        return NONE;
    }

    /** With one more write; null for a version that is not known, or a row that is gone. */
    WriteToken with(String region, String key, @Nullable Version version) {
        if (everything) {
            return this;
        }
        Map<Place, Optional<Version>> more = new LinkedHashMap<>(written);
        more.put(new Place(region, key), Optional.ofNullable(version));
        return more.size() > KEYS_MAX ? new WriteToken(Map.of(), true) : new WriteToken(more, false);
    }

    /** This and what was written later. */
    public WriteToken and(WriteToken later) {
        if (everything || later.everything) {
            return new WriteToken(Map.of(), true);
        }
        Map<Place, Optional<Version>> both = new LinkedHashMap<>(written);
        both.putAll(later.written);
        return both.size() > KEYS_MAX ? new WriteToken(Map.of(), true) : new WriteToken(both, false);
    }

    /** Whether a value of this version, kept apart from where writes are told at once, is new enough. */
    boolean admits(String region, String key, Version version) {
        if (everything) {
            return false;
        }
        Optional<Version> wanted = written.get(new Place(region, key));
        if (wanted == null) {
            return true;
        }
        return wanted.isPresent()
                && wanted.get().incarnation() == version.incarnation()
                && version.number() >= wanted.get().number();
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if it did not
     */
    public static WriteToken parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        if (text.length() > TEXT_MAX) {
            throw new IllegalArgumentException("Not a write token (length=" + text.length() + ")");
        }
        try (DataInputStream in = new DataInputStream(
                new ByteArrayInputStream(Base64.getUrlDecoder().decode(text)))) {
            if (in.readByte() != FORMAT) {
                throw new IllegalArgumentException("Not a write token of this release");
            }
            if (in.readBoolean()) {
                return new WriteToken(Map.of(), true);
            }
            int keys = in.readUnsignedByte();
            Map<Place, Optional<Version>> written = new LinkedHashMap<>();
            for (int i = 0; i < keys; i++) {
                Place place = new Place(in.readUTF(), in.readUTF());
                long number = in.readLong();
                long incarnation = in.readLong();
                written.put(place, number == 0 ? Optional.empty() : Optional.of(new Version(number, incarnation)));
            }
            return new WriteToken(written, false);
        } catch (IOException malformed) {
            throw new IllegalArgumentException("Not a write token", malformed);
        }
    }

    /** The token as text of letters, digits, {@code -} and {@code _}; empty if nothing was written. */
    @Override
    public String toString() {
        if (written.isEmpty() && !everything) {
            return "";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeBoolean(everything);
            out.writeByte(written.size());
            for (Map.Entry<Place, Optional<Version>> write : written.entrySet()) {
                out.writeUTF(write.getKey().region());
                out.writeUTF(write.getKey().key());
                out.writeLong(write.getValue().map(Version::number).orElse(0L));
                out.writeLong(write.getValue().map(Version::incarnation).orElse(0L));
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("Writing to memory failed", impossible);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WriteToken token && token.everything == everything && token.written.equals(written);
    }

    @Override
    public int hashCode() {
        return written.hashCode() * 31 + Boolean.hashCode(everything);
    }
}
