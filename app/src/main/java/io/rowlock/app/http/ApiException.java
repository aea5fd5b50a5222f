package io.rowlock.app.http;

import io.rowlock.Version;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Ends a request with an error. Controllers throw it when the value a service answered is not a success; the services know
 * nothing of it.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final HttpStatus status;
    private final transient ApiError error;
    private final transient HttpHeaders headers;

    private ApiException(HttpStatus status, ApiError error, HttpHeaders headers) {
        // An answer, not a fault: nobody reads its stack.
        super(error.message(), null, false, false);
        this.status = status;
        this.error = error;
        this.headers = headers;
    }

    /** 404: something that the request names does not exist. The name of the record is the code, it has the facts. */
    public static ApiException unknown(Record why) {
        return new ApiException(HttpStatus.NOT_FOUND, ApiError.of(why), new HttpHeaders());
    }

    /** 400: as things stand the request asks for nothing. The name of the record is the code, it has the facts. */
    public static ApiException badRequest(Record why) {
        return new ApiException(HttpStatus.BAD_REQUEST, ApiError.of(why), new HttpHeaders());
    }

    /** 422: a rule refuses it. The name of the record is the code, it has the facts. */
    public static ApiException refused(Record why) {
        return new ApiException(HttpStatus.UNPROCESSABLE_CONTENT, ApiError.of(why), new HttpHeaders());
    }

    /** 429: too often. The name of the record is the code, it has the facts. */
    public static ApiException tooMany(Record why, Duration retryAfter) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
        return new ApiException(HttpStatus.TOO_MANY_REQUESTS, ApiError.of(why), headers);
    }

    /** 428: the request is to say in If-Match what its caller has seen. */
    public static ApiException preconditionRequired() {
        return new ApiException(
                HttpStatus.PRECONDITION_REQUIRED, ApiError.of(HttpStatus.PRECONDITION_REQUIRED), new HttpHeaders());
    }

    /** 409: the caller has seen an older state. The answer carries the current one and its version. */
    public static ApiException conflict(Object current, Version expected, Version actual) {
        HttpHeaders headers = new HttpHeaders();
        headers.setETag(actual.etag());
        return new ApiException(
                HttpStatus.CONFLICT,
                ApiError.of(
                        "VERSION_CONFLICT",
                        "expectedVersion",
                        expected.number(),
                        "currentVersion",
                        actual.number(),
                        "current",
                        current),
                headers);
    }

    HttpStatus status() {
        return status;
    }

    ApiError error() {
        return error;
    }

    HttpHeaders headers() {
        return headers;
    }
}
