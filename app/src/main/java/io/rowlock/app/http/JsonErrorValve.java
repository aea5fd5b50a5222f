package io.rowlock.app.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * The error shape for requests that Tomcat itself refuses, before the application sees them: an illegal path, a broken
 * request line, a header that is too long. Public, because Tomcat makes it by name.
 */
public final class JsonErrorValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        AtomicBoolean connected = new AtomicBoolean();
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, connected);
        if (!connected.get()) {
            return;
        }
        if (status == HttpServletResponse.SC_NOT_IMPLEMENTED) {
            // A transfer coding that nobody knows: the request is wrong, not the service.
            status = HttpServletResponse.SC_BAD_REQUEST;
            response.setStatus(status);
        }
        try {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            Writer writer = response.getReporter();
            if (writer != null) {
                writer.write(ApiError.of(HttpStatusCode.valueOf(status))
                        .in(Messages.LANGUAGE.resolveLocale(request))
                        .toJsonWithoutFacts());
                response.finishResponse();
            }
        } catch (IOException | IllegalStateException gone) {
            // The caller is not there any more, or an answer has begun: there is nobody to tell.
        }
    }
}
