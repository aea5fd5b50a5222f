package io.rowlock.watch;

import io.rowlock.watch.sql.KeyText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Replaces values by keyed hashes, or leaves them as they are. Safe for use by many threads. */
final class Masking {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int SHOWN_BYTES = 8;

    private final @Nullable SecretKeySpec key;

    private Masking(@Nullable SecretKeySpec key) {
        this.key = key;
    }

    static Masking of(boolean values) {
        if (values) {
            return new Masking(null);
        }
        byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        return new Masking(new SecretKeySpec(secret, ALGORITHM));
    }

    List<@Nullable Object> apply(List<@Nullable Object> values) {
        if (key == null) {
            return values;
        }
        List<@Nullable Object> masked = new ArrayList<>(values.size());
        for (Object value : values) {
            masked.add(value == null ? null : hash(key, KeyText.of(value)));
        }
        return masked;
    }

    private static String hash(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return "#" + HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + ALGORITHM, e);
        }
    }
}
