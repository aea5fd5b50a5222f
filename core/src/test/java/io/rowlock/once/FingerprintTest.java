package io.rowlock.once;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Equal requests have equal fingerprints, and others do not. */
class FingerprintTest {
    private record Request(String path, long amount) {}

    @Test
    void equalPartsMakeEqualFingerprints() {
        UUID id = UUID.randomUUID();
        Request request = new Request("/pay", 150);
        assertThat(Fingerprint.of("pay", id, 150L, request))
                .isEqualTo(Fingerprint.of("pay", UUID.fromString(id.toString()), 150L, new Request("/pay", 150)))
                .hasSameHashCodeAs(Fingerprint.of("pay", id, 150L, request));
        assertThat(Fingerprint.of("pay".getBytes(StandardCharsets.UTF_8))).isEqualTo(Fingerprint.of("pay"));
    }

    @Test
    void partsAreKeptApart() {
        assertThat(List.of(
                        Fingerprint.of("ab", "c"),
                        Fingerprint.of("a", "bc"),
                        Fingerprint.of("abc"),
                        Fingerprint.of("abc", ""),
                        Fingerprint.of("abc", null),
                        Fingerprint.of("abc", "null"),
                        Fingerprint.of("ABC"),
                        Fingerprint.of(new byte[] {'a', 'b', 'c'}, new byte[] {0})))
                .doesNotHaveDuplicates();
    }

    @Test
    void itIs32BytesThatNobodyCanChange() {
        Fingerprint one = Fingerprint.of("pay");
        one.bytes()[0] ^= 1;
        assertThat(one).isEqualTo(Fingerprint.of("pay"));
        assertThat(one.bytes()).hasSize(32);
        assertThat(one).hasToString(Fingerprint.of("pay").toString()).asString().matches("[0-9a-f]{64}");
    }

    @Test
    void anArrayWhoseTextTellsNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fingerprint.of("pay", new long[] {1, 2}))
                .withMessageContaining("long[]")
                .withMessageContaining("List");
    }
}
