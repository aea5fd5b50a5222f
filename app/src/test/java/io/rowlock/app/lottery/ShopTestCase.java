package io.rowlock.app.lottery;

import io.rowlock.app.Http;
import io.rowlock.app.Services;
import io.rowlock.engines.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests over HTTP that share one running service for each engine, and have a shop of their own there. */
abstract class ShopTestCase {
    @RegisterExtension
    static final Services SERVICES = new Services();

    @SuppressWarnings("NullAway.Init") // by start()
    Shop shop;

    @SuppressWarnings("NullAway.Init") // by start()
    Http http;

    @BeforeEach
    void start(Database database) {
        http = SERVICES.on(database).http();
        shop = new Shop(http);
    }

    @AfterEach
    void stop() {
        shop.close();
    }
}
