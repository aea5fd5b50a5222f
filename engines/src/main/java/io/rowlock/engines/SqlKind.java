package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A kind of server that is asked by JDBC. */
interface SqlKind extends LocalServer.Kind {

    int CONNECT_SECONDS_MAX = 5;

    Engine engine();

    @Override
    default String name() {
        return engine().toString();
    }

    @Override
    default void requireClient() {
        String url = Address.onLoopback(engine(), 1, LocalServer.USER, "").url("");
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw new EngineUnavailable(
                    "The JDBC driver is not on the class path (engine=%s, url=%s)".formatted(engine(), url), e);
        }
    }

    @Override
    default boolean answers(LocalServer.Reach reach) throws SQLException {
        Address address = address(reach);
        try (Connection connection = address.connect(address.maintenanceDatabase())) {
            return connection.isValid(CONNECT_SECONDS_MAX);
        }
    }

    default Address address(LocalServer.Reach reach) {
        return Address.onLoopback(engine(), reach.port(), LocalServer.USER, reach.password());
    }
}
