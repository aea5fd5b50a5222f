package io.rowlock.app.serve;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;

/**
 * What the service is told when it is started.
 *
 * @param bind the address to listen on; default {@code 127.0.0.1}, this machine alone
 * @param port the port to listen on; 0 takes any that is free
 * @param data the folder for the log, and for the database unless one is given
 * @param database which database to serve from
 * @param redis which Redis its caches share with other servers on that database
 * @param poolSize the most connections to it at once, 1 to 500
 * @param samples whether an empty database is filled with a few things to try
 * @param zone where the shop is, for what happens once a day
 * @param options what differs from the options in {@code application.yaml}, by their names there
 */
public record ServeSettings(
        String bind,
        int port,
        Path data,
        DatabaseChoice database,
        RedisChoice redis,
        int poolSize,
        boolean samples,
        ZoneId zone,
        Map<String, String> options) {
    public ServeSettings {
        options = Map.copyOf(options);
    }
}
