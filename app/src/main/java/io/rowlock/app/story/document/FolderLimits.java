package io.rowlock.app.story.document;

/**
 * How much is taken from a folder. Immutable.
 *
 * @param filesMax documents at the most, default 10,000; what is beyond is told and left
 * @param bytesMax bytes of one document, default 256 KiB; larger ones are told and left
 * @param depthMax folders in folders, default 16; what is deeper is told and left
 */
public record FolderLimits(int filesMax, int bytesMax, int depthMax) {
    /** The defaults. */
    public static final FolderLimits STANDARD = new FolderLimits(10_000, 256 * 1024, 16);

    public FolderLimits {
        if (filesMax < 1 || bytesMax < 1 || depthMax < 1) {
            throw new IllegalArgumentException(
                    "Limits are above zero (limits=" + filesMax + ", " + bytesMax + ", " + depthMax + ")");
        }
    }
}
