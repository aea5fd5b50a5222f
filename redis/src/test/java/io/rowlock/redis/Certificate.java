package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A certificate that signs itself, made for a test.
 *
 * @param folder has it for Redis
 * @param trust has it for whoever is to trust it
 */
record Certificate(Path folder, Path trust) {
    static final String PASSWORD = "of-the-file";

    /**
     * Makes one.
     *
     * @param name that it is good for, as {@code keytool} has it: {@code ip:127.0.0.1}
     */
    static Certificate of(Path folder, String name) throws IOException, GeneralSecurityException, InterruptedException {
        Path own = folder.resolve("own.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=redis",
                        "-ext",
                        "san=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        own.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).as("keytool").isZero();

        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(own)) {
            store.load(in, PASSWORD.toCharArray());
        }
        java.security.cert.Certificate certificate = store.getCertificate("redis");
        write(folder.resolve("redis.crt"), "CERTIFICATE", certificate.getEncoded());
        write(
                folder.resolve("redis.key"),
                "PRIVATE KEY",
                store.getKey("redis", PASSWORD.toCharArray()).getEncoded());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("redis", certificate);
        Path trust = folder.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(trust)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        return new Certificate(folder, trust);
    }

    private static void write(Path file, String kind, byte[] bytes) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                                .encodeToString(bytes) + "\n-----END " + kind + "-----\n");
    }

    /** Settings of a server that has it. */
    Map<String, String> settings() {
        return Map.of(
                "tls-cert-file", folder.resolve("redis.crt").toString(),
                "tls-key-file", folder.resolve("redis.key").toString(),
                "tls-ca-cert-file", folder.resolve("redis.crt").toString(),
                "tls-auth-clients", "no");
    }
}
