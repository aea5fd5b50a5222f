package io.rowlock.app.serve;

import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.logging.LoggingSystem;

/** Sets up logging, before the first line: everything goes to one file in the data folder, see {@code logback.xml}. */
final class Log {
    private Log() {}

    static void to(DataFolder data) {
        System.setProperty("rowlock.log", data.log().toString());
        // Logback sets itself up for the pool's first line. The framework would do it again, and lose what is logged
        // meanwhile.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        // Tomcat logs by java.util.logging, to the terminal unless told otherwise.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
