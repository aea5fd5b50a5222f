package io.rowlock.app.serve;

/** Which Rowlock this is. */
public final class AppVersion {
    private AppVersion() {}

    /** The version that the jar says it is; {@code development} where there is no jar. */
    public static String current() {
        String version = AppVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
